import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { hash32 } from "./hash.ts";

/**
 * A seeded stream of random numbers. The same seed gives the same numbers on every machine;
 * docs/decisions/0008 has the guarantees of a seed. Draws change the stream, `split` does not.
 */
export interface RandomStream {
  /** Uniform in [0, 1) with 32 random bits. */
  uniform(): number;
  /** Uniform integer in [0, bound), bound ≥ 1. */
  integer(bound: number): number;
  /** Standard normal (Box & Muller 1958). */
  normal(): number;
  /** Poisson by multiplication of uniforms (Knuth 1969); meant for small means. */
  poisson(mean: number): number;
  /** A stream of its own for one purpose, independent of how far this one has been drawn. */
  split(label: string | number): RandomStream;
}

/**
 * @param seed unsigned 32-bit integer
 *
 * @example
 * import { createRandom } from "recurve";
 *
 * const random = createRandom(1);
 * console.log(random.integer(6) === createRandom(1).integer(6)); // true
 */
export function createRandom(seed: number): RandomStream {
  // Hashed, because the generator starts out close to a small seed.
  const generator = xoroshiro128plus(hash32(`${seed}`));
  const uniform = () => (generator.next() >>> 0) / 4294967296;
  return {
    uniform,
    integer: (bound) => uniformInt(generator, 0, bound - 1),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    poisson: (mean) => {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = uniform(); product > limit; product *= uniform()) count++;
      return count;
    },
    split: (label) => createRandom(hash32(`${seed}/${label}`)),
  };
}

/** Fisher–Yates, in place. */
export function shuffle<T>(values: T[], random: RandomStream): T[] {
  for (let last = values.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [values[last], values[other]] = [values[other]!, values[last]!];
  }
  return values;
}
