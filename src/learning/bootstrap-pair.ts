import type { RandomStream } from "../numeric/random.ts";

/**
 * Weights of a row in the two heads of a memory: w ~ Binomial(2, ½) and 2 − w. The heads differ as
 * much as with independent Poisson(1) counts (Oza & Russell 2001), Var(w − w') = 2, and their mean
 * is the fit to every row once: no bootstrap noise is left in Q̄.
 */
export function bootstrapPair(random: RandomStream): readonly [number, number] {
  const count = random.integer(2) + random.integer(2);
  return [count, 2 - count];
}
