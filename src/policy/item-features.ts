import type { Item } from "../domain/catalogue.ts";
import type { JsonObject } from "../domain/json.ts";
import { hash32 } from "../numeric/hash.ts";
import { jsonFields, keepFeatures, type NamedFeature } from "./json-features.ts";

/** One hashed feature: a row of an embedding table and how strongly it counts. */
export interface Token {
  readonly index: number;
  readonly weight: number;
}

/** Rows of the hashed tables (Weinberger et al. 2009). A change of these is a new snapshot format. */
export const itemTokenBuckets = 2048;
export const contextTokenBuckets = 512;
/** Tokens beyond these are dropped, see `keepFeatures`. */
export const maxItemTokens = 16;
export const maxContextTokens = 16;

/** Tokens of an item and of a context that arrays have room for. */
export interface TokenSlots {
  readonly item: number;
  readonly context: number;
}
export const allSlots: TokenSlots = { item: maxItemTokens, context: maxContextTokens };

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
  const first = [...names, ...item.categories.map((name) => `category=${name}`)]
    .slice(0, maxItemTokens)
    .map((name) => ({ name, weight: 1 }));
  const room = maxItemTokens - first.length;
  return [...first, ...keepFeatures(jsonFields("item", item.attributes), room)];
}

/** The same as tokens. */
export const itemTokens = (...item: Parameters<typeof itemFeatures>): Token[] =>
  hashTokens(itemFeatures(...item), itemTokenBuckets);

function* momentFields(context: JsonObject, user: JsonObject) {
  yield* jsonFields("context", context);
  yield* jsonFields("user", user);
}

/** Context and user attributes by name, at most `maxContextTokens`. */
export const contextFeatures = (
  context: JsonObject,
  userAttributes: JsonObject,
): readonly NamedFeature[] => keepFeatures(momentFields(context, userAttributes), maxContextTokens);

/** The same as tokens. */
export const contextTokens = (...moment: Parameters<typeof contextFeatures>): Token[] =>
  hashTokens(contextFeatures(...moment), contextTokenBuckets);
