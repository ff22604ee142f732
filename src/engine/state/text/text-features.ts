import { createHash } from "node:crypto";
import type { JsonObject } from "../../../domain/json.ts";
import { LastUsedMap } from "../../../numeric/last-used-map.ts";
import type { TextVector } from "../../../policy/policy.ts";
import { gramNames } from "../../../policy/text-features.ts";
import { openSentenceEncoder } from "./sentence-encoder.ts";

/** Text attributes of an item, and the model that reads them. */
export interface TextSettings {
  /** Attributes that hold text, in this order. */
  readonly fields: readonly string[];
  /** Folder of a sentence-embedding model; default: character n-grams. */
  readonly model?: string;
}

export interface ItemText {
  /** Names of features if no model reads the text. */
  readonly names: readonly string[];
  readonly vector?: TextVector;
  /** The attributes that are not text. */
  readonly rest: JsonObject;
}

/** Makes features of items' texts; see docs/methods/policy.md. */
export interface TextFeatures {
  read(attributes: JsonObject): Promise<ItemText>;
}

/**
 * Texts whose vectors are remembered, 1.6 kB each at 384 numbers; beyond, the least recently used
 * one is dropped.
 */
const remembered = 100_000;

/** A memory of results by the hash of the text, so that a revision with the same text costs nothing. */
export function rememberByContent<T>(
  compute: (text: string) => Promise<T>,
  capacity: number = remembered,
): (text: string) => Promise<T> {
  const known = new LastUsedMap<string, Promise<T>>(capacity);
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: a catalogue asks for all its items at once. */
  const computeNext = (text: string, key: string) => {
    const result = last.then(() => compute(text));
    last = result.catch(() => known.delete(key));
    return result;
  };
  return (text) => {
    const key = createHash("sha256").update(text).digest("base64");
    const result = known.get(key) ?? computeNext(text, key);
    known.set(key, result);
    return result;
  };
}

/** Features of a text: a vector of the model, or names of its n-grams. */
type Reader = (text: string) => Promise<Omit<ItemText, "rest">>;

async function openReader(model: string | undefined): Promise<Reader> {
  if (model === undefined) return async (text) => ({ names: gramNames(text) });
  const encoder = await openSentenceEncoder(model);
  return rememberByContent(async (text) => {
    const vector = await encoder.encode(text);
    return { names: [], vector: { model: encoder.id, vector } };
  });
}

async function open({ fields, model }: TextSettings): Promise<TextFeatures> {
  const reader = await openReader(model);
  return {
    read: async (attributes) => {
      const isText = (key: string) => fields.includes(key) && typeof attributes[key] === "string";
      const text = fields.flatMap((field) => (isText(field) ? [String(attributes[field])] : []));
      const rest = Object.fromEntries(Object.entries(attributes).filter(([key]) => !isText(key)));
      const joined = text.join("\n").trim();
      return joined === "" ? { names: [], rest } : { ...(await reader(joined)), rest };
    },
  };
}

const opened = new WeakMap<TextSettings, Promise<TextFeatures>>();

/** Opens the model of a configuration once in a process. @throws invalid_configuration */
export function openTextFeatures(settings: TextSettings): Promise<TextFeatures> {
  const features = opened.get(settings) ?? open(settings);
  opened.set(settings, features);
  return features;
}
