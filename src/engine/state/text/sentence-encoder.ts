import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { EngineError } from "../../../domain/errors.ts";
import { meanPool } from "../../../policy/text-features.ts";
import { type OpenModel, openModel } from "../../../tensor/open-model.ts";

/** A sentence-embedding model: text → vector of length 1. */
export interface SentenceEncoder {
  /** Of the bytes of model and tokenizer, 48 bits: another model has another. */
  readonly id: number;
  /** Numbers of a vector. */
  readonly width: number;
  encode(text: string): Promise<Float32Array>;
}

/**
 * Most tokens of a text, also if the tokenizer has no limit: the usual end of position embeddings.
 */
const defaultTokens = 256;
const maxTokens = 512;
const knownInputs = ["input_ids", "attention_mask", "token_type_ids"];

function problem(file: string, what: string, remedy: string, cause?: unknown): EngineError {
  const message = `configuration field text.model: ${file} ${what}; ${remedy}, see docs/guides/configuration.md`;
  return new EngineError("invalid_configuration", message, {
    details: { field: "text.model", value: file },
    cause,
  });
}

async function readModelFile(folder: string, name: string): Promise<Buffer> {
  const file = join(folder, name);
  try {
    return await readFile(file);
  } catch (cause) {
    const what = `can't be read: ${(cause as Error).message}`;
    throw problem(file, what, "name a folder with model.onnx and tokenizer.json", cause);
  }
}

interface LoadedTokenizer {
  readonly tokenizer: Tokenizer;
  readonly limit: number;
}

function loadTokenizer(file: string, bytes: Buffer): LoadedTokenizer {
  try {
    const json = JSON.parse(bytes.toString("utf8"));
    const limit = json.truncation?.max_length ?? defaultTokens;
    return { tokenizer: new Tokenizer(json, {}), limit: Math.min(maxTokens, limit) };
  } catch (cause) {
    const what = `is not a tokenizer: ${(cause as Error).message}`;
    throw problem(file, what, "take the tokenizer.json that belongs to the model", cause);
  }
}

async function loadModel(file: string, bytes: Buffer): Promise<OpenModel> {
  const remedy = "export a sentence-embedding model to ONNX";
  const model = await openModel(bytes, 1).catch((cause: Error) => {
    throw problem(file, `is no ONNX model that runs here: ${cause.message}`, remedy, cause);
  });
  const unknown = model.inputs.find((input) => !knownInputs.includes(input));
  if (unknown === undefined && model.inputs.includes("input_ids")) return model;
  const what = `takes ${model.inputs.join(", ")}, expected input_ids and at most attention_mask and token_type_ids`;
  throw problem(file, what, remedy);
}

/** Ids up to the limit; the last one stays, which closes the text for the model. */
function truncate(ids: readonly number[], limit: number): readonly number[] {
  return ids.length <= limit ? ids : [...ids.slice(0, limit - 1), ...ids.slice(-1)];
}

/**
 * @throws invalid_configuration if files are missing or damaged, or the model is no encoder of
 * texts
 */
export async function openSentenceEncoder(folder: string): Promise<SentenceEncoder> {
  const files = { model: join(folder, "model.onnx"), tokenizer: join(folder, "tokenizer.json") };
  const modelBytes = await readModelFile(folder, "model.onnx");
  const tokenizerBytes = await readModelFile(folder, "tokenizer.json");
  const { tokenizer, limit } = loadTokenizer(files.tokenizer, tokenizerBytes);
  const model = await loadModel(files.model, modelBytes);

  // One text at a time: beside others its numbers would depend on theirs in the last places, and so would propensities.
  async function encode(text: string): Promise<Float32Array> {
    const ids = truncate(tokenizer.encode(text).ids, limit);
    if (ids.length === 0) throw problem(files.tokenizer, "makes no tokens from a text", "check it");
    const mask = ids.map(() => 1);
    const feeds = { input_ids: ids, attention_mask: mask, token_type_ids: ids.map(() => 0) };
    const { shape, values } = await model.run(feeds).catch((cause: Error) => {
      const what = `can't run on its tokenizer's tokens: ${cause.message}`;
      throw problem(files.model, what, "check that both files belong together", cause);
    });
    if (shape.length !== 3 || shape[0] !== 1 || shape[1] !== ids.length || shape[2] === 0) {
      const what = `gives [${shape}] for ${ids.length} tokens, expected [1, ${ids.length}, width]`;
      throw problem(files.model, what, "export it with its token embeddings as first output");
    }
    const vector = meanPool(values, mask);
    if (vector.every(Number.isFinite)) return vector;
    throw problem(files.model, "gives numbers that are not finite", "check how it was exported");
  }

  const { length: width } = await encode("a text to begin with");
  const hash = createHash("sha256").update(modelBytes).update(tokenizerBytes);
  return { id: hash.digest().readUIntBE(0, 6), width, encode };
}
