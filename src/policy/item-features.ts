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

/** A feature before it is hashed, such as `category=Drama` or `item.price`. */
export interface NamedFeature {
  readonly name: string;
  readonly weight: number;
}

/** log keeps prices and years within reach of counts: 1 → 0.17, 1995 → 1.9, at most 5 in size. */
const squash = (value: number) =>
  Math.max(-5, Math.min(5, (Math.sign(value) * Math.log1p(Math.abs(value))) / 4));

const scripts = ["Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"];
const unspaced = new RegExp(`[${scripts.map((name) => `\\p{Script=${name}}`).join("")}]`, "u");
/** The locale is fixed, so that the words are the same on every machine. */
const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/**
 * Each segment brings a copy of the whole text: the memory and time of a long one would grow by the
 * square of its length. Its beginning has more words than there are tokens.
 */
const maxSegmented = 4096;

/** Words of scripts without spaces: of two characters at least, or one ideograph. */
function* segmentWords(value: string): Generator<string> {
  const text = value.slice(0, maxSegmented).toLowerCase();
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (!isWordLike) continue;
    const isLong = unspaced.test(segment)
      ? segment.length > 1 || /\p{Script=Han}/u.test(segment)
      : segment.length > 2;
    if (isLong) yield segment;
  }
}

function* spacedWords(value: string): Generator<string> {
  if (!/\s/.test(value)) return;
  for (const [word] of value.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    if (word.length > 2) yield word;
  }
}

function firstOf<T>(values: Iterable<T>, count: number): T[] {
  const first: T[] = [];
  for (const value of values) {
    if (first.push(value) === count) break;
  }
  return first;
}

const wordsOf = (value: string) =>
  unspaced.test(value) ? segmentWords(value) : spacedWords(value);

/**
 * A text is its words in lower case. A value without white space, or with only short words
 * ("size-10", "H & M"), is one name; so is one word of a script without spaces.
 */
function* stringTokens(path: string, value: string): Generator<NamedFeature> {
  const least = unspaced.test(value) ? 2 : 1;
  const isText = firstOf(wordsOf(value), least).length === least;
  const seen = new Set<string>();
  for (const word of isText ? wordsOf(value) : [value]) {
    if (seen.has(word)) continue;
    seen.add(word);
    yield { name: `${path}=${word}`, weight: 1 };
  }
}

/** One at a time, so that those beyond the limit of tokens cost nothing. */
function* flatten(path: string, value: Json, depth: number): Generator<NamedFeature> {
  if (value === null || depth > maxDepth) return;
  if (typeof value === "number") yield { name: path, weight: squash(value) };
  else if (typeof value === "boolean") yield { name: `${path}=${value}`, weight: 1 };
  else if (typeof value === "string") yield* stringTokens(path, value);
  else if (Array.isArray(value)) {
    for (const entry of value) yield* flatten(path, entry, depth + 1);
  } else {
    for (const [key, entry] of Object.entries(value))
      yield* flatten(`${path}.${key}`, entry, depth + 1);
  }
}

/** Tokens of names by number of features and index: items have them in common, and a token of its own takes 56 B. */
const shared: Token[][] = [];

function sharedToken(index: number, count: number, weight: number): Token {
  const ofCount = shared[count] ?? [];
  shared[count] = ofCount;
  const token = ofCount[index] ?? { index, weight };
  ofCount[index] = token;
  return token;
}

/** Dividing by √count keeps the size of the sum independent of the number of features. */
export function hashTokens(kept: readonly NamedFeature[], buckets: number): Token[] {
  const scale = 1 / Math.sqrt(Math.max(1, kept.length));
  return kept.map(({ name, weight }) => {
    const index = hash32(name) % buckets;
    return weight === 1
      ? sharedToken(index, kept.length, scale)
      : { index, weight: weight * scale };
  });
}

/** Indices of the first tokens that are names. Numbers, which most items have, are none. */
export function namesOf(tokens: readonly Token[], most: number): readonly number[] {
  const weightOfName = 1 / Math.sqrt(tokens.length);
  const names: number[] = [];
  for (const { index, weight } of tokens) {
    if (names.length === most) break;
    if (weight === weightOfName) names.push(index);
  }
  return names;
}

/**
 * Categories and attributes of an item by name, at most `maxItemTokens`.
 * @param names further features, which come first
 */
export function itemFeatures(
  item: Pick<Item, "categories" | "attributes">,
  names: readonly string[] = [],
): readonly NamedFeature[] {
  const named = [
    ...names.map((name) => ({ name, weight: 1 })),
    ...item.categories.map((name) => ({ name: `category=${name}`, weight: 1 })),
    ...firstOf(flatten("item", item.attributes, 0), maxItemTokens),
  ];
  return named.slice(0, maxItemTokens);
}

/** The same as tokens. */
export const itemTokens = (...item: Parameters<typeof itemFeatures>): Token[] =>
  hashTokens(itemFeatures(...item), itemTokenBuckets);

/** Context and user attributes by name, at most `maxContextTokens`. */
export function contextFeatures(
  context: JsonObject,
  userAttributes: JsonObject,
): readonly NamedFeature[] {
  const named = [
    ...firstOf(flatten("context", context, 0), maxContextTokens),
    ...firstOf(flatten("user", userAttributes, 0), maxContextTokens),
  ];
  return named.slice(0, maxContextTokens);
}

/** The same as tokens. */
export const contextTokens = (...moment: Parameters<typeof contextFeatures>): Token[] =>
  hashTokens(contextFeatures(...moment), contextTokenBuckets);
