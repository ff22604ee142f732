import type { Arm } from "../domain/decision.ts";
import type { Judgement } from "./judge.ts";
import { type JudgedRow, servedProbability } from "./judged-row.ts";
import { type Challenger, mixChallengers } from "./measure.ts";
import type { ScoredRow } from "./row-scores.ts";
import { trustRegionTarget, withoutFloor } from "./trust-region.ts";

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
  readonly weights: Judgement["weights"];
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
