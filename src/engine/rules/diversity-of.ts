import type { Json } from "../../domain/json.ts";
import type { SlateDiversity } from "../../domain/slate-diversity.ts";
import { hash32 } from "../../numeric/hash.ts";
import { featuresOf } from "../state/notes.ts";
import { groupKey, type ItemFacts } from "./item-facts.ts";

/** Nested deeper than an item's features are read. */
const maxDepth = 4;
const mostFeatures = 32;
/** Of 3,000 values of a slate's candidates one in twenty shares its number with another, and hardly ever in the same two items. */
const buckets = 65_536;

/** Categories, and attributes that are texts or say yes or no: of a list each entry, of an object each field. */
function* valuesOf(path: string, value: Json, depth: number): Generator<string> {
  if (value === null || typeof value === "number" || depth > maxDepth) return;
  if (typeof value !== "object") yield `${path} ${groupKey(value)}`;
  else if (Array.isArray(value)) for (const entry of value) yield* valuesOf(path, entry, depth + 1);
  else
    for (const [key, entry] of Object.entries(value))
      yield* valuesOf(`${path}.${key}`, entry, depth + 1);
}

function readFeatures({ categories, attributes }: ItemFacts): Uint16Array {
  const found = new Set<number>();
  const values = [
    ...categories.map((name) => `category ${name}`),
    ...valuesOf("item", featuresOf(attributes), 0),
  ];
  for (const value of values.slice(0, mostFeatures)) found.add(hash32(value) % buckets);
  return Uint16Array.from(found);
}

const known = new WeakMap<ItemFacts, Uint16Array>();

function numbersOf(facts: ItemFacts): Uint16Array {
  const features = known.get(facts) ?? readFeatures(facts);
  known.set(facts, features);
  return features;
}

/** By bucket, how many candidates of one call have it; once it is numbered, its number as −1, −2, … Zeros between calls: zeroing it whole takes longer than all else. */
const slots = new Int32Array(buckets);

/**
 * Each value counts by the bits that it tells of a candidate, −log2 of the share that has it: all have none. One that a single candidate
 * has, such as a title, says of no two that they are alike, and doesn't count.
 * @param diversity d in (0, 1)
 * @param facts of the candidates
 */
export function diversityOf(diversity: number, facts: readonly ItemFacts[]): SlateDiversity {
  const lists = facts.map(numbersOf);
  for (const list of lists) for (const feature of list) slots[feature] = (slots[feature] ?? 0) + 1;
  const weights: number[] = [];
  const numberOf = (feature: number): number | undefined => {
    const count = slots[feature] ?? 0;
    if (count < 0) return -1 - count;
    if (count === 1 || count === facts.length) return undefined;
    const number = weights.push(Math.log2(facts.length / count)) - 1;
    slots[feature] = -1 - number;
    return number;
  };
  const numbered = lists.map((list) => {
    const kept: number[] = [];
    for (const feature of list) {
      const number = numberOf(feature);
      if (number !== undefined) kept.push(number);
    }
    return kept;
  });
  for (const list of lists) for (const feature of list) slots[feature] = 0;
  return { power: diversity / (1 - diversity), featuresOf: numbered, weights };
}
