import { createHash } from "node:crypto";
import type { JsonObject } from "../../domain/json.ts";
import { createDirections, directionNames, gramNames } from "../../policy/text-features.ts";
import { openSentenceEncoder } from "./sentence-encoder.ts";

/** What of an item is its text, and who reads it. */
export interface TextSettings {
  /** Attributes that hold text, in this order. */
  readonly fields: readonly string[];
  /** Folder of a sentence-embedding model; character n-grams where absent. */
  readonly model?: string;
}

export interface ItemText {
  /** Names of features, empty where the item has no text. */
  readonly names: readonly string[];
  /** The attributes that are not text. */
  readonly rest: JsonObject;
}

/** Makes features of items' texts; see docs/methods/policy.md. */
export interface TextFeatures {
  read(attributes: JsonObject): Promise<ItemText>;
}

/** Texts whose names are remembered, about 0.5 kB each; beyond, the one that was not asked for longest is forgotten. */
const remembered = 100_000;

/** A memory of results by the hash of the text, so that a revision with the same text costs nothing. */
export function rememberByContent<T>(
  compute: (text: string) => Promise<T>,
  capacity: number = remembered,
): (text: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  let last: Promise<unknown> = Promise.resolve();
  return (text) => {
    const key = createHash("sha256").update(text).digest("base64");
    // One after the other: a catalogue asks for all its items at once.
    const result = known.get(key) ?? last.then(() => compute(text));
    known.delete(key);
    known.set(key, result);
    const [oldest] = known.keys();
    if (known.size > capacity && oldest !== undefined) known.delete(oldest);
    last = result.catch(() => known.delete(key));
    return result;
  };
}

async function openNames(model: string | undefined): Promise<(text: string) => Promise<string[]>> {
  if (model === undefined) return async (text) => gramNames(text);
  const encoder = await openSentenceEncoder(model);
  const directions = createDirections(encoder.width);
  return rememberByContent(async (text) =>
    directionNames(await encoder.encode(text), directions, encoder.id),
  );
}

async function open({ fields, model }: TextSettings): Promise<TextFeatures> {
  const namesOf = await openNames(model);
  return {
    read: async (attributes) => {
      const isText = (key: string) => fields.includes(key) && typeof attributes[key] === "string";
      const text = fields.flatMap((field) => (isText(field) ? [String(attributes[field])] : []));
      const rest = Object.entries(attributes).filter(([key]) => !isText(key));
      const joined = text.join("\n").trim();
      return {
        names: joined === "" ? [] : await namesOf(joined),
        rest: Object.fromEntries(rest),
      };
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
