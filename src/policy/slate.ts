import type { RandomStream } from "../numeric/random.ts";

/**
 * Slates by Plackett–Luce without replacement (Plackett 1975) under an exploration floor: at each position
 * P(a | rest) = (1 − ε)·exp(z_a)/Σ_rest exp(z) + ε/|rest|.
 */
export interface SampledSlate {
  /** Indices into the candidates, position 0 first. */
  readonly order: readonly number[];
  /** P of each choice given the choices before it, each in (0, 1]. */
  readonly positionPropensities: readonly number[];
}

/** Product of the position propensities. */
export const jointPropensity = (positionPropensities: readonly number[]): number =>
  positionPropensities.reduce((product, propensity) => product * propensity, 1);

/**
 * Probabilities of the candidates that are not taken; 0 for those that are.
 * @param logits z, finite, one for each candidate
 */
export function positionProbabilities(
  logits: ArrayLike<number>,
  taken: readonly boolean[],
  exploration: number,
): Float64Array {
  const probabilities = new Float64Array(logits.length);
  let largest = Number.NEGATIVE_INFINITY;
  let remaining = 0;
  for (let index = 0; index < logits.length; index++) {
    if (taken[index]) continue;
    remaining++;
    largest = Math.max(largest, logits[index]!);
  }
  let total = 0;
  for (let index = 0; index < logits.length; index++) {
    if (taken[index]) continue;
    probabilities[index] = Math.exp(logits[index]! - largest);
    total += probabilities[index]!;
  }
  for (let index = 0; index < logits.length; index++) {
    if (taken[index]) continue;
    probabilities[index] =
      ((1 - exploration) * probabilities[index]!) / total + exploration / remaining;
  }
  return probabilities;
}

/** Index at which the running sum passes `uniform` in [0, 1); never one of probability 0. */
export function drawIndex(probabilities: Float64Array, uniform: number): number {
  let cumulative = 0;
  let last = -1;
  for (let index = 0; index < probabilities.length; index++) {
    if (probabilities[index] === 0) continue;
    last = index;
    cumulative += probabilities[index]!;
    if (uniform < cumulative) return index;
  }
  // Rounding can leave the sum a hair below 1.
  return last;
}

/** Walks the positions; `choose` gives the index at each one. */
function walk(
  options: {
    readonly logits: ArrayLike<number>;
    readonly slateSize: number;
    readonly exploration: number;
  },
  choose: (probabilities: Float64Array, position: number) => number,
): SampledSlate {
  const taken = new Array<boolean>(options.logits.length).fill(false);
  const order: number[] = [];
  const positionPropensities: number[] = [];
  for (let position = 0; position < options.slateSize; position++) {
    const probabilities = positionProbabilities(options.logits, taken, options.exploration);
    const index = choose(probabilities, position);
    order.push(index);
    positionPropensities.push(probabilities[index]!);
    taken[index] = true;
  }
  return { order, positionPropensities };
}

/** @param slateSize at most the number of candidates */
export function sampleSlate(options: {
  readonly logits: ArrayLike<number>;
  readonly slateSize: number;
  readonly exploration: number;
  readonly random: RandomStream;
}): SampledSlate {
  return walk(options, (probabilities) => drawIndex(probabilities, options.random.uniform()));
}

/** The propensities that a given slate has under these logits. */
export function slatePropensities(options: {
  readonly logits: ArrayLike<number>;
  readonly order: readonly number[];
  readonly exploration: number;
}): readonly number[] {
  const walked = walk(
    { ...options, slateSize: options.order.length },
    (_, position) => options.order[position]!,
  );
  return walked.positionPropensities;
}
