import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { add } from "../../src/tensor/arithmetic.ts";
import { encodeModel } from "../../src/tensor/encode-model.ts";
import { constant, createGraph, input } from "../../src/tensor/graph.ts";
import { gatherRows } from "../../src/tensor/indexing.ts";
import { createTestFolder } from "./store.ts";

/** Words with their vectors: the first three are near each other, the next three as well. */
export const wordVectors: Readonly<Record<string, readonly number[]>> = {
  robot: [1, 0.1, 0, 0],
  android: [0.95, 0, 0.1, 0],
  spaceship: [0.9, 0.1, 0.1, 0],
  wedding: [0, 0, 0.1, 1],
  romance: [0, 0.1, 0, 0.95],
  kiss: [0.1, 0.1, 0, 0.9],
};
const words = ["[UNK]", ...Object.keys(wordVectors)];

/** A tokenizer of whole words in lower case. */
export const wordTokenizer = {
  version: "1.0",
  truncation: { max_length: 4 },
  padding: null,
  added_tokens: [],
  normalizer: { type: "Lowercase" },
  pre_tokenizer: { type: "Whitespace" },
  post_processor: null,
  decoder: null,
  model: {
    type: "WordLevel",
    unk_token: "[UNK]",
    vocab: Object.fromEntries(words.map((word, index) => [word, index])),
  },
};

/** A model that looks its tokens up; rank 2 or a bad number where a test wants a bad one. */
export function wordModel({ unknown = 0, rank = 3 } = {}): Uint8Array {
  const graph = createGraph();
  const table = [unknown, 0, 0, 0, ...Object.values(wordVectors).flat()];
  const vectors = constant(graph, table, [words.length, 4]);
  const shape = rank === 3 ? [1, 2] : [2];
  const ids = input(graph, "input_ids", shape, "int32");
  const mask = input(graph, "attention_mask", shape, "int32");
  // A second table of zeros, so that the mask is an input of the model as well.
  const nothing = gatherRows(constant(graph, new Float32Array(8), [2, 4]), mask);
  const free = { 1: "tokens" };
  return encodeModel(
    graph,
    { last_hidden_state: add(gatherRows(vectors, ids), nothing) },
    { input_ids: free, attention_mask: free, last_hidden_state: free },
  );
}

/** A folder as a sentence-embedding model comes in. */
export function createModelFolder(
  model: Uint8Array = wordModel(),
  tokenizer: unknown = wordTokenizer,
): string {
  const folder = createTestFolder();
  writeFileSync(join(folder, "model.onnx"), model);
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  return folder;
}
