import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A log over the same actions in every row, as both sides read it. */
export interface BenchFeedback {
  readonly rewards: Float64Array;
  readonly propensities: Float64Array;
  readonly actions: Int32Array;
  /** π(a|x) and q̂(x, a): rows × actions. */
  readonly probabilities: Float64Array;
  readonly predictions: Float64Array;
  readonly balancingWeights: Float64Array;
}

/** Uniform in [0, 1), 32 bits: mulberry32. The engine's own streams take longer than what is measured. */
function createUniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  };
}

/** One row in five has a target that is certain of its action, so that replay finds matches; the others are spread. */
function fillRow(
  probabilities: Float64Array,
  start: number,
  end: number,
  uniform: () => number,
): void {
  const certain = uniform() < 0.2 ? start + Math.floor(uniform() * (end - start)) : -1;
  let sum = 0;
  for (let cell = start; cell < end; cell++) {
    probabilities[cell] = certain < 0 ? uniform() ** 4 : Number(cell === certain);
    sum += probabilities[cell]!;
  }
  for (let cell = start; cell < end; cell++) probabilities[cell]! /= sum;
}

export function createFeedback(
  size: { rows: number; actions: number },
  seed: number,
): BenchFeedback {
  const { rows, actions } = size;
  const uniform = createUniform(seed);
  const probabilities = new Float64Array(rows * actions);
  for (let row = 0; row < rows; row++)
    fillRow(probabilities, row * actions, (row + 1) * actions, uniform);
  return {
    rewards: Float64Array.from({ length: rows }, () => Number(uniform() < 0.3)),
    propensities: Float64Array.from({ length: rows }, () => (0.2 + 1.6 * uniform()) / actions),
    actions: Int32Array.from({ length: rows }, () => Math.floor(uniform() * actions)),
    probabilities,
    predictions: new Float64Array(rows * actions).map(() => 0.6 * uniform()),
    balancingWeights: Float64Array.from({ length: rows }, () => 2 * uniform()),
  };
}

/** A file for each array, numbers as they are in memory. */
export function writeFeedback(folder: string, feedback: BenchFeedback): void {
  for (const [name, values] of Object.entries(feedback)) {
    writeFileSync(join(folder, name), new Uint8Array((values as Float64Array).buffer));
  }
}
