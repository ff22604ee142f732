import type { Candidate } from "../../domain/decision.ts";
import { isJsonObject, type Json, type JsonObject } from "../../domain/json.ts";

/** An item as rules see it. */
export interface ItemFacts {
  readonly itemId: string;
  readonly categories: readonly string[];
  readonly attributes: JsonObject;
  /** Time of its first writing, milliseconds since 1970; absent if it is not on record. */
  readonly createdAt?: number;
  /** Price of an ad, if it came with a request: its feature `bid`. */
  readonly bid?: number;
}

/** Of features that came with a request. */
export const factsOfFeatures = ({ itemId, features = {} }: Candidate): ItemFacts => ({
  itemId,
  categories: [],
  attributes: features,
  ...(typeof features.bid === "number" && { bid: features.bid }),
});

/** Fields of an item that are no attributes. */
const itemFields: Readonly<Record<string, (facts: ItemFacts) => Json | undefined>> = {
  itemId: ({ itemId }) => itemId,
  category: ({ categories }) => categories,
  created: ({ createdAt }) => createdAt,
};

function lookUp(value: Json | undefined, path: readonly string[]): Json | undefined {
  let found = value;
  for (const name of path) {
    if (!isJsonObject(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return found;
}

/** A field of an item: `itemId`, `category`, `created`, or an attribute by its path. */
export type ReadField = (facts: ItemFacts) => Json | undefined;

/** @param path an attribute of the name of a field is `attributes.` with its name */
export function readerOf(path: readonly string[]): ReadField {
  const [first = "", ...rest] = path;
  const own = path.length === 1 && Object.hasOwn(itemFields, first) ? itemFields[first] : undefined;
  if (own !== undefined) return own;
  const inside = first === "attributes" && rest.length > 0 ? rest : path;
  return ({ attributes }) => lookUp(attributes, inside);
}

/** A value of a field as items are grouped by it. */
export const groupKey = (value: Json): string => `${typeof value} ${JSON.stringify(value)}`;

/** Values of a field by which items are counted. */
export function groupsIn(facts: ItemFacts, by: string): readonly string[] {
  const value = readerOf(by.split("."))(facts);
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? [...new Set(value as readonly Json[])] : [value]).map(groupKey);
}
