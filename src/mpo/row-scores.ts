import type { JudgedRow } from "./judged-row.ts";

/** The networks' scores of one row's candidates, arrays of length K. */
export interface RowScores {
  /** log π_θ, exploration floor not included. */
  readonly logPolicy: Float64Array;
  /**
   * Q by head, memory-major: head = memory · bootstraps + bootstrap. In [0, 1]. Below the first position of a slate, whose
   * candidates are read there, a head may have the logged choice alone: see `chosenOf`.
   */
  readonly rewardHeads: readonly Float64Array[];
  /** D, a logit. */
  readonly discriminator: Float64Array;
}

/** A feedback row with the scores of serving policy and critic for its candidates. */
export interface ScoredRow<Row extends JudgedRow = JudgedRow> {
  readonly row: Row;
  readonly scores: RowScores;
}

export const bootstraps = 2;
/** Adds Q̄ of each candidate. */
export function addMeans(
  { rewardHeads }: RowScores,
  memory: readonly number[],
  into: Float64Array,
): void {
  for (let index = 0; index < memory.length; index++) {
    const weight = memory[index]!;
    if (weight === 0) continue;
    const first = rewardHeads[index * bootstraps]!;
    const second = rewardHeads[index * bootstraps + 1]!;
    for (let a = 0; a < into.length; a++) into[a]! += (weight * (first[a]! + second[a]!)) / 2;
  }
}

/** Q̄ of each candidate. */
export function meanRewards(scores: RowScores, memory: readonly number[]): Float64Array {
  const mean = new Float64Array(scores.logPolicy.length);
  addMeans(scores, memory, mean);
  return mean;
}

/** Q of the logged choice in a head. */
export const chosenOf = (head: Float64Array, action: number): number =>
  head[head.length === 1 ? 0 : action]!;

/** Q̄ of the logged choice. */
export function chosenMean(
  { rewardHeads }: RowScores,
  memory: readonly number[],
  action: number,
): number {
  let mean = 0;
  for (let index = 0; index < memory.length; index++) {
    const first = chosenOf(rewardHeads[index * bootstraps]!, action);
    const second = chosenOf(rewardHeads[index * bootstraps + 1]!, action);
    mean += (memory[index]! * (first + second)) / 2;
  }
  return mean;
}

/** σ_Q² of a candidate: the sample variance of two draws, by memory weight. */
export function varianceOf(
  { rewardHeads }: RowScores,
  memory: readonly number[],
  a: number,
): number {
  let variance = 0;
  for (let index = 0; index < memory.length; index++) {
    const gap = rewardHeads[index * bootstraps]![a]! - rewardHeads[index * bootstraps + 1]![a]!;
    variance += (memory[index]! * gap * gap) / 2;
  }
  return variance;
}

/** Q̄ and σ_Q of each candidate: mean over heads by memory weight, spread over bootstraps within a memory. */
export function rewardMoments(
  scores: RowScores,
  memory: readonly number[],
): { mean: Float64Array; deviation: Float64Array } {
  const mean = meanRewards(scores, memory);
  return { mean, deviation: mean.map((_, a) => Math.sqrt(varianceOf(scores, memory, a))) };
}

/** Standard deviation, of all values alike. */
export function spread(values: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (let a = 0; a < values.length; a++) sum += values[a]!;
  const mean = sum / values.length;
  for (let a = 0; a < values.length; a++) squares += (values[a]! - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

/** Reward heads that a control variate averages: all memories alike. */
export const evenMemory: readonly number[] = [1 / 3, 1 / 3, 1 / 3];
