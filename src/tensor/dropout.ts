import { multiply } from "./arithmetic.ts";
import type { Value } from "./graph.ts";
import { sameShape, shapeError } from "./shape.ts";

/** Masks are drawn with seven random bits an element, so a rate can be set in steps of 1/128. */
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
 * @param mask in the shape of the value; feed it a `MaskSeed`
 */
export function dropout(value: Value, mask: Value): Value {
  if (!sameShape(value.shape, mask.shape))
    throw shapeError("dropout", "a mask in the shape of the value", value.shape, mask.shape);
  return multiply(value, mask);
}

/**
 * A mask that is still to be drawn, if a session needs it: the elements from `start` on of a seed's
 * stream.
 */
export interface MaskSeed {
  /** A number from `dropoutRate`. */
  readonly rate: number;
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  /** Default 0. */
  readonly start?: number;
}

/**
 * Fills a mask: 0 with probability `rate`, else 1/(1 − rate), which keeps the mean; the same for the same seed. Four elements
 * come from each 32-bit word, murmur3's finaliser of seed and place, since a step draws millions. It holds numbers and not
 * bits, as ONNX Runtime converts those on one thread. Worker threads run it from its text (`serve-lane.ts`), so it refers to
 * nothing outside itself.
 */
export function fillDropoutMask(mask: Float32Array, { rate, seed, start = 0 }: MaskSeed): void {
  const ofBits = Float32Array.from({ length: 128 }, (_, bits) =>
    bits < rate * 128 ? 0 : 1 / (1 - rate),
  );
  const end = start + mask.length;
  for (let index = start >>> 2; 4 * index < end; index++) {
    let word = seed ^ Math.imul(index + 1, 0x9e3779b1);
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    word ^= word >>> 16;
    // The array ignores writes beyond either end.
    const place = 4 * index - start;
    mask[place] = ofBits[word & 127]!;
    mask[place + 1] = ofBits[(word >>> 8) & 127]!;
    mask[place + 2] = ofBits[(word >>> 16) & 127]!;
    mask[place + 3] = ofBits[(word >>> 24) & 127]!;
  }
}
