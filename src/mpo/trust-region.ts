import type { Arm } from "../domain/decision.ts";
import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import type { Judgement } from "./judge.ts";
import { type JudgedRow, servedProbability } from "./judged-row.ts";
import { type Challenger, mixChallengers } from "./measure.ts";
import type { ScoredRow } from "./row-scores.ts";

/**
 * Target of one state inside the trust region: t = (1 − λ)·π_s + λ·φ*, with the largest λ ≤ 1 whose weights against the
 * served policy π_s keep Σ_a t²/π_s ≤ 1/share. That sum is 1/(ESS/n) of the estimates that will judge t, so the step is as
 * large as its own evidence allows; see docs/decisions/0014.
 * @param served π_s, exploration floor included, every entry positive
 */
export function trustRegionTarget(
  served: Float64Array,
  mixture: Float64Array,
  effectiveSampleShare: number,
): Float64Array {
  let square = 0;
  for (let a = 0; a < served.length; a++) {
    const move = mixture[a]! - served[a]!;
    square += (move * move) / served[a]!;
  }
  // Σ t²/π_s = 1 + λ²·Σ(φ* − π_s)²/π_s, since both sum to one.
  const room = 1 / effectiveSampleShare - 1;
  const step = square === 0 ? 1 : Math.min(1, Math.sqrt(room / square));
  return served.map((value, a) => (1 - step) * value + step * mixture[a]!);
}

/** The policy that gives `target` once it is served with an exploration floor: (t − ε/K)/(1 − ε), kept positive. */
export function withoutFloor(target: Float64Array, exploration: number): Float64Array {
  const floor = exploration / target.length;
  const smallest = 1e-4 / target.length;
  const raw = target.map((value) =>
    Math.max(smallest, (value - floor) / Math.max(1e-9, 1 - exploration)),
  );
  const total = raw.reduce((sum, value) => sum + value, 0);
  return raw.map((value) => value / total);
}

/** A state's served policy and the target that its own trust region allows, both over the candidates. */
export interface BoundedMove {
  readonly served: Float64Array;
  readonly target: Float64Array;
}

/** States on which the share is found. */
const sampledStates = 512;
const bisections = 14;

/** Mean KL(t ‖ π_s) in nats of targets that go a share of the way, t = π_s + share·(target − π_s). */
export function meanMoveDivergence(moves: readonly BoundedMove[], share: number): number {
  let total = 0;
  for (const { served, target } of moves) {
    for (let a = 0; a < served.length; a++) {
      const probability = served[a]! + share * (target[a]! - served[a]!);
      if (probability > 0) total += probability * Math.log(probability / served[a]!);
    }
  }
  return total / Math.max(1, moves.length);
}

/**
 * Largest share ≤ 1 of every state's way at which the mean KL over the states, which rises with it, is within the bound.
 * States that would go further than others still do.
 */
export function meanTrustRegion(moves: readonly BoundedMove[], bound: number): number {
  const stride = Math.max(1, Math.floor(moves.length / sampledStates));
  const sample = moves.filter((_, index) => index % stride === 0);
  if (meanMoveDivergence(sample, 1) <= bound) return 1;
  let [low, high] = [0, 1];
  for (let step = 0; step < bisections; step++) {
    const middle = (low + high) / 2;
    if (meanMoveDivergence(sample, middle) > bound) high = middle;
    else low = middle;
  }
  return low;
}

/** A state with the target that its policy is moved to, and the two policies whose difference Δ is reported. */
export type Move<Row extends JudgedRow> = Row & {
  readonly target: Float64Array;
  readonly logPolicy: Float64Array;
  readonly logChallenger: Float64Array;
};

/**
 * Target of each state after the judgement: towards φ*, inside its trust region and that of the
 * mean, exploration taken out again.
 */
export function moveStates<Row extends JudgedRow>(options: {
  readonly states: readonly ScoredRow<Row>[];
  readonly challengers: readonly Challenger[];
  readonly weights: Judgement["weights"];
  /** There is a policy to protect. */
  readonly isBounded: boolean;
  readonly floor: number;
  readonly arm: Arm;
  /**
   * If there is a policy to protect: minimum effective sample share (ESS/n) per state, and maximum
   * mean KL(t ‖ π_s) in nats.
   */
  readonly region: Pick<MpoConfiguration["distillation"], "targetSampleShare" | "meanKl">;
}): Move<Row>[] {
  const { states, challengers, weights, isBounded, floor, arm, region } = options;
  // The gate judges the target on the newest log, so older states may move as far as the exploration of now allows.
  const exploration = states.find(({ row }) => row.arm === arm)?.row.exploration ?? floor;
  const sampleShare = isBounded ? region.targetSampleShare : 1e-9;
  const mix = mixChallengers(challengers, weights);
  const bounded = states.map((entry) => {
    const { row, scores } = entry;
    const logChallenger = mix(entry);
    const floored = { candidates: row.candidates, exploration };
    const served = scores.logPolicy.map((value) => servedProbability(Math.exp(value), floored));
    const target = trustRegionTarget(served, logChallenger.map(Math.exp), sampleShare);
    return { entry, served, target, logChallenger };
  });
  const share = isBounded ? meanTrustRegion(bounded, region.meanKl) : 1;
  return bounded.map(({ entry: { row, scores }, served, target, logChallenger }) => {
    const reached = served.map((value, a) => value + share * (target[a]! - value));
    const { logPolicy } = scores;
    return { ...row, target: withoutFloor(reached, floor), logPolicy, logChallenger };
  });
}
