import { type RandomStream, shuffle } from "./random.ts";

/**
 * `count` different indices below `bound`, in random order: Floyd's sampling (Bentley & Floyd 1987), whose cost does
 * not grow with `bound`, then a shuffle, since the order that Floyd's leaves is not uniform. count ≤ bound.
 */
export function sampleIndices(count: number, bound: number, random: RandomStream): number[] {
  if (count > bound) throw new RangeError(`can't draw ${count} different indices below ${bound}`);
  const drawn = new Set<number>();
  for (let last = bound - count; last < bound; last++) {
    const index = random.integer(last + 1);
    drawn.add(drawn.has(index) ? last : index);
  }
  return shuffle([...drawn], random);
}
