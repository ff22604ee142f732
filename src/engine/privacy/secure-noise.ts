import { randomFillSync } from "node:crypto";
import type { NoiseSource } from "../../numeric/privacy/noise.ts";

const bufferedBytes = 2 ** 15;
const wordBytes = 4;
/** 2⁻⁵³ */
const unit = Number.EPSILON / 2;
/** Normal numbers of which a sum is one number. */
const summed = 4;

/**
 * Noise from the operating system's generator, which no seed gives again. A normal number is the sum of four, halved, as Opacus
 * has it: the gaps between floating-point numbers then tell far less of the sums below (Mironov 2012; Holohan & Braghin 2021,
 * arXiv:2107.10138).
 */
export function createSecureNoise(): NoiseSource {
  const bytes = Buffer.alloc(bufferedBytes);
  let next = bufferedBytes;
  const word = () => {
    if (next === bufferedBytes) {
      randomFillSync(bytes);
      next = 0;
    }
    next += wordBytes;
    return bytes.readUInt32LE(next - wordBytes);
  };
  /** 53 random bits in [0, 1). */
  const uniform = () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) * unit;
  const plain = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    normal: () => {
      let sum = 0;
      for (let drawn = 0; drawn < summed; drawn++) sum += plain();
      return sum / Math.sqrt(summed);
    },
  };
}
