import type { Arm } from "../domain/decision.ts";
import { type JudgedRow, servedProbability } from "./judged-row.ts";
import { type Challenger, mixChallengers } from "./mixture.ts";
import type { ScoredRow } from "./row-scores.ts";

/** A part of π_s that the mixture has too, so that all of its mass finds a place. */
const trace = 1e-13;

/**
 * Target of one state inside the trust region: t = min(π_s/share, k·φ*), of all distributions whose weights t/π_s are at most 1/share the one
 * with the least KL(t ‖ φ*). The estimates that will judge t have ESS/n ≥ share, and no mass beyond a clip of 1/share. So the step
 * is as large as its own evidence allows; see docs/decisions/0113.
 * @param served π_s, exploration floor included, every entry positive
 * @param effectiveSampleShare in (0, 1]
 */
export function trustRegionTarget(
  served: Float64Array,
  mixture: Float64Array,
  effectiveSampleShare: number,
): Float64Array {
  const largestWeight = 1 / effectiveSampleShare;
  const target = new Float64Array(mixture.length);
  for (let a = 0; a < target.length; a++)
    target[a] = (mixture[a]! + trace * served[a]!) / (1 + trace);
  let [k, larger] = [0, 1];
  while (larger > k) {
    k = larger;
    let [bounded, free] = [0, 0];
    for (let a = 0; a < target.length; a++) {
      const most = largestWeight * served[a]!;
      if (k * target[a]! > most) bounded += most;
      else free += target[a]!;
    }
    // The rest beside those at their limits makes k larger, which brings others there, until no more come.
    larger = (1 - bounded) / free;
  }
  for (let a = 0; a < target.length; a++)
    target[a] = Math.min(largestWeight * served[a]!, k * target[a]!);
  return target;
}

/** The policy that gives `target` once it is served with an exploration floor: (t − ε/K)/(1 − ε), kept positive. */
export function withoutFloor(target: Float64Array, exploration: number): Float64Array {
  const floor = exploration / target.length;
  const smallest = 1e-4 / target.length;
  const scale = 1 / Math.max(1e-9, 1 - exploration);
  const policy = new Float64Array(target.length);
  let total = 0;
  for (let a = 0; a < policy.length; a++) {
    policy[a] = Math.max(smallest, scale * (target[a]! - floor));
    total += policy[a]!;
  }
  for (let a = 0; a < policy.length; a++) policy[a]! /= total;
  return policy;
}

/**
 * Brings policies inside the trust region of a row's state: log π of the policy whose served probabilities are the target.
 * @returns of the wanted probabilities of the row's candidates
 */
export function limitToTrustRegion({
  row,
  scores,
}: ScoredRow<JudgedRow>): (wanted: Float64Array, effectiveSampleShare: number) => Float64Array {
  const served = scores.logPolicy.map((log) => servedProbability(Math.exp(log), row));
  return (wanted, effectiveSampleShare) => {
    const target = trustRegionTarget(served, wanted, effectiveSampleShare);
    return withoutFloor(target, row.exploration).map(Math.log);
  };
}

/** A state with the target that its policy is moved to, and the two policies whose difference Δ is reported. */
export type Move<Row extends JudgedRow> = Row & {
  readonly target: Float64Array;
  readonly logPolicy: Float64Array;
  readonly logChallenger: Float64Array;
};

/** Target of each state after the judgement: towards φ*, inside its trust region, exploration taken out again. */
export function moveStates<Row extends JudgedRow>(options: {
  readonly states: readonly ScoredRow<Row>[];
  readonly challengers: readonly Challenger[];
  /** w_j by name, *do nothing* included. */
  readonly weights: Readonly<Record<string, number>>;
  readonly floor: number;
  readonly arm: Arm;
  /** Minimum effective sample share (ESS/n) of each state; absent if there is no policy to protect. */
  readonly sampleShare: number | undefined;
}): Move<Row>[] {
  const { states, challengers, weights, floor, arm, sampleShare } = options;
  // The gate judges the target on the newest log, so older states may move as far as the exploration of now allows.
  const exploration = states.find(({ row }) => row.arm === arm)?.row.exploration ?? floor;
  const mix = mixChallengers(challengers, weights);
  return states.map((entry) => {
    const { row, scores } = entry;
    const { logPolicy } = scores;
    const logChallenger = mix(entry);
    const mixture = logChallenger.map(Math.exp);
    const floored = { candidates: row.candidates, exploration };
    const served = logPolicy.map((value) => servedProbability(Math.exp(value), floored));
    const target =
      sampleShare === undefined ? mixture : trustRegionTarget(served, mixture, sampleShare);
    return { ...row, target: withoutFloor(target, floor), logPolicy, logChallenger };
  });
}
