import { hash32 } from "../numeric/hash.ts";
import { createRandom } from "../numeric/random.ts";

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

/** Mean of the token vectors [tokens, width] under their mask, scaled to length 1; 0 where it is 0. */
export function meanPool(values: Float32Array, mask: readonly number[]): Float32Array {
  const width = values.length / mask.length;
  const mean = new Float64Array(width);
  for (const [token, weight] of mask.entries())
    for (let i = 0; i < width; i++) mean[i]! += weight * values[token * width + i]!;
  const length = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(mean, (value) => (length === 0 ? 0 : value / length));
}

const directionCount = 512;

/** The same directions for the same width, everywhere: names depend on them. [directionCount, width], row-major. */
export function createDirections(width: number): Float32Array {
  const random = createRandom(0).split(`text-directions/${width}`);
  return Float32Array.from({ length: directionCount * width }, () => random.normal());
}

/**
 * Names of an embedded text: of 512 random directions those that it points along most. Neighbours share most of them, others
 * hardly any (Dasgupta et al. 2017, doi:10.1126/science.aam9868).
 *
 * @param vector of any length above 0
 * @param namespace keeps the names of one embedding apart from those of another
 */
export function directionNames(
  vector: Float32Array,
  directions: Float32Array,
  namespace: string,
): string[] {
  const width = vector.length;
  const along = Array.from({ length: directionCount }, (_, direction) => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += vector[i]! * directions[direction * width + i]!;
    return { direction, sum };
  });
  return along
    .sort((left, right) => right.sum - left.sum || left.direction - right.direction)
    .slice(0, textFeatureCount)
    .map(({ direction }) => `text/${namespace}=${direction}`);
}
