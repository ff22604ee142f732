import { multiply } from "./arithmetic.ts";
import { apply, type Value } from "./graph.ts";
import { onnxTypes } from "./onnx-schema.ts";
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
 * x · mask/(1 − rate), which keeps the mean (Srivastava et al. 2014).
 *
 * @param mask bool in the shape of the value, from `fillDropoutMask`
 */
export function dropout(value: Value, mask: Value, rate: number): Value {
  if (!sameShape(value.shape, mask.shape))
    throw shapeError("dropout", "a mask in the shape of the value", value.shape, mask.shape);
  const { graph, shape } = value;
  const type = graph.precision;
  const kept = apply({
    operator: "Cast",
    inputs: [mask],
    shape,
    type,
    attributes: { to: onnxTypes[type] },
  });
  return multiply(value, multiply(kept, 1 / (1 - dropoutRate(rate))));
}

/**
 * Fills a mask: 0 with probability `rate`, else 1, the same for the same seed. Four elements come from each 32-bit word,
 * murmur3's finaliser of seed and place, since a step draws millions.
 *
 * @param seed unsigned 32-bit integer
 */
export function fillDropoutMask(mask: Uint8Array, rate: number, seed: number): void {
  const level = Math.round(dropoutRate(rate) * levels);
  // A byte's low seven bits plus this reach its top bit where they are at least the level.
  const carry = (levels - level) * 0x01010101;
  const words = new Uint32Array(mask.buffer, mask.byteOffset, mask.length >>> 2);
  for (let index = 0; index < words.length; index++)
    words[index] = (((wordAt(seed, index) & 0x7f7f7f7f) + carry) >>> 7) & 0x01010101;
  const rest = (((wordAt(seed, words.length) & 0x7f7f7f7f) + carry) >>> 7) & 0x01010101;
  for (let index = words.length * 4; index < mask.length; index++)
    mask[index] = (rest >>> (8 * (index & 3))) & 1;
}

function wordAt(seed: number, index: number): number {
  let word = seed ^ Math.imul(index + 1, 0x9e3779b1);
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
