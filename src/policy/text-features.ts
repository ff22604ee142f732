import { hash32 } from "../numeric/hash.ts";
import type { ItemView, TextShape } from "./policy.ts";

/** Vectors of the items' texts, [items, width]; 0 for one without, and for that of a model the network does not know. */
export function textFeed(
  columns: Iterable<readonly [ItemView, number]>,
  { model, width }: TextShape,
  items: number,
): Float32Array {
  const texts = new Float32Array(items * width);
  for (const [{ text }, column] of columns)
    if (text?.model === model) texts.set(text.vector, column * width);
  return texts;
}

/** Features of an item's text: they leave as much room for its other features. */
export const textFeatureCount = 8;

const gramLength = 4;

const normalise = (text: string) =>
  ` ${text
    .normalize("NFKC")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 0)
    .join(" ")} `;

/**
 * Names of a text by its characters: of its distinct 4-grams, across words, those with the least hashes. Two texts share them
 * in proportion to the overlap of all their 4-grams (bottom-k sketch: Broder 1997).
 */
export function gramNames(text: string): string[] {
  const normal = normalise(text);
  if (normal.trim() === "") return [];
  const count = Math.max(1, normal.length - gramLength + 1);
  const grams = Array.from({ length: count }, (_, start) =>
    normal.slice(start, start + gramLength),
  );
  return [...new Set(grams)]
    .map((gram) => ({ gram, hash: hash32(gram) }))
    .sort((left, right) => left.hash - right.hash)
    .slice(0, textFeatureCount)
    .map(({ gram }) => `text=${gram}`);
}

/** Mean of the token vectors [tokens, width] under their mask, scaled to length 1; 0 if it is 0. */
export function meanPool(values: Float32Array, mask: readonly number[]): Float32Array {
  const width = values.length / mask.length;
  const mean = new Float64Array(width);
  for (const [token, weight] of mask.entries())
    for (let i = 0; i < width; i++) mean[i]! += weight * values[token * width + i]!;
  const length = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(mean, (value) => (length === 0 ? 0 : value / length));
}
