import type { Item } from "../domain/catalogue.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import { hash32 } from "../numeric/hash.ts";

/** One hashed feature: a row of an embedding table and how strongly it counts. */
export interface Token {
  readonly index: number;
  readonly weight: number;
}

/** Rows of the hashed tables (Weinberger et al. 2009). A change of these is a new snapshot format. */
export const itemTokenBuckets = 2048;
export const contextTokenBuckets = 512;
/** Tokens beyond these are dropped, in the order of the features. */
export const maxItemTokens = 16;
export const maxContextTokens = 16;

/** Tokens of an item and of a context that arrays have room for. */
export interface TokenSlots {
  readonly item: number;
  readonly context: number;
}
export const allSlots: TokenSlots = { item: maxItemTokens, context: maxContextTokens };

const maxDepth = 4;

type Raw = { readonly name: string; readonly weight: number };

/** log keeps prices and years within reach of counts: 1 → 0.17, 1995 → 1.9, at most 5 in size. */
const squash = (value: number) =>
  Math.max(-5, Math.min(5, (Math.sign(value) * Math.log1p(Math.abs(value))) / 4));

const scripts = ["Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"];
const unspaced = new RegExp(`[${scripts.map((name) => `\\p{Script=${name}}`).join("")}]`, "u");
/** The locale is fixed, so that the words are the same on every machine. */
const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/** Words of scripts without spaces: of two characters at least, or one ideograph. */
function segmentWords(value: string): string[] {
  const segments = [...segmenter.segment(value.toLowerCase())];
  const words = segments.flatMap(({ segment, isWordLike }) => (isWordLike ? [segment] : []));
  return words.filter((word) =>
    unspaced.test(word) ? word.length > 1 || /\p{Script=Han}/u.test(word) : word.length > 2,
  );
}

function spacedWords(value: string): string[] {
  if (!/\s/.test(value)) return [];
  const words = value.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return words.filter((word) => word.length > 2);
}

/**
 * A text is its words in lower case. A value without white space, or with only short words
 * ("size-10", "H & M"), is one name; so is one word of a script without spaces.
 */
function stringTokens(path: string, value: string): Raw[] {
  const isUnspaced = unspaced.test(value);
  const words = isUnspaced ? segmentWords(value) : spacedWords(value);
  const distinct = words.length > (isUnspaced ? 1 : 0) ? new Set(words) : [value];
  return [...distinct].map((word) => ({ name: `${path}=${word}`, weight: 1 }));
}

function flatten(path: string, value: Json, depth: number): Raw[] {
  if (value === null || depth > maxDepth) return [];
  if (typeof value === "number") return [{ name: path, weight: squash(value) }];
  if (typeof value === "boolean") return [{ name: `${path}=${value}`, weight: 1 }];
  if (typeof value === "string") return stringTokens(path, value);
  if (Array.isArray(value)) return value.flatMap((entry: Json) => flatten(path, entry, depth + 1));
  return Object.entries(value).flatMap(([key, entry]) =>
    flatten(`${path}.${key}`, entry, depth + 1),
  );
}

/** Dividing by √count keeps the size of the sum independent of the number of features. */
function hashTokens(raw: readonly Raw[], buckets: number, limit: number): Token[] {
  const kept = raw.slice(0, limit);
  const scale = 1 / Math.sqrt(Math.max(1, kept.length));
  return kept.map(({ name, weight }) => ({
    index: hash32(name) % buckets,
    weight: weight * scale,
  }));
}

/**
 * Categories and attributes of an item as tokens, at most `maxItemTokens`.
 * @param names further features, which come first
 */
export function itemTokens(
  item: Pick<Item, "categories" | "attributes">,
  names: readonly string[] = [],
): Token[] {
  const raw = [
    ...names.map((name) => ({ name, weight: 1 })),
    ...item.categories.map((name) => ({ name: `category=${name}`, weight: 1 })),
    ...flatten("item", item.attributes, 0),
  ];
  return hashTokens(raw, itemTokenBuckets, maxItemTokens);
}

/** Context and user attributes as tokens, at most `maxContextTokens`. */
export function contextTokens(context: JsonObject, userAttributes: JsonObject): Token[] {
  const raw = [...flatten("context", context, 0), ...flatten("user", userAttributes, 0)];
  return hashTokens(raw, contextTokenBuckets, maxContextTokens);
}
