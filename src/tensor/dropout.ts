import { multiply } from "./arithmetic.ts";
import type { Value } from "./graph.ts";
import { sameShape, shapeError } from "./shape.ts";

/** Steps in which a rate can be set: masks are drawn with seven random bits an element. */
const levels = 128;

/** The rate that masks have. @throws RangeError outside [0, 1) */
export function dropoutRate(rate: number): number {
  const level = Math.round(rate * levels);
  if (!(rate >= 0 && level < levels))
    throw new RangeError(`dropout must be in [0, 1) in steps of 1/${levels}, got ${rate}`);
  return level / levels;
}

/**
 * x · mask (Srivastava et al. 2014).
 *
 * @param mask in the shape of the value, from `fillDropoutMask`
 */
export function dropout(value: Value, mask: Value): Value {
  if (!sameShape(value.shape, mask.shape))
    throw shapeError("dropout", "a mask in the shape of the value", value.shape, mask.shape);
  return multiply(value, mask);
}

/**
 * Fills a mask: 0 with probability `rate`, else 1/(1 − rate), which keeps the mean; the same for the same seed. Four elements
 * come from each 32-bit word, murmur3's finaliser of seed and place, since a step draws millions. It holds numbers and not
 * bits, as ONNX Runtime converts those on one thread.
 *
 * @param seed unsigned 32-bit integer
 */
export function fillDropoutMask(mask: Float32Array, rate: number, seed: number): void {
  const dropped = dropoutRate(rate);
  const ofBits = Float32Array.from({ length: levels }, (_, bits) =>
    bits < dropped * levels ? 0 : 1 / (1 - dropped),
  );
  const words = mask.length >>> 2;
  for (let index = 0; index < words; index++) {
    const word = wordAt(seed, index);
    mask[4 * index] = ofBits[word & 127]!;
    mask[4 * index + 1] = ofBits[(word >>> 8) & 127]!;
    mask[4 * index + 2] = ofBits[(word >>> 16) & 127]!;
    mask[4 * index + 3] = ofBits[(word >>> 24) & 127]!;
  }
  const rest = wordAt(seed, words);
  for (let index = 4 * words; index < mask.length; index++)
    mask[index] = ofBits[(rest >>> (8 * (index & 3))) & 127]!;
}

function wordAt(seed: number, index: number): number {
  let word = seed ^ Math.imul(index + 1, 0x9e3779b1);
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
