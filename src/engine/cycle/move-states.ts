import type { Arm } from "../../domain/decision.ts";
import { defaultMpo } from "../../domain/mpo-configuration.ts";
import { trustRegionTarget, withoutFloor } from "../../learning/challengers.ts";
import { type JudgedRow, servedProbability } from "../../learning/feedback-row.ts";
import type { ScoredRow } from "../../learning/scored-row.ts";
import { type Challenger, type Judgement, mixChallengers } from "./judge-challengers.ts";

/** A state with the target that its policy is moved to, and the two policies whose difference Δ is reported. */
export type Move<Row extends JudgedRow> = Row & {
  readonly target: Float64Array;
  readonly logPolicy: Float64Array;
  readonly logChallenger: Float64Array;
};

/** Where the judgement moves each state: towards φ*, inside the trust region, exploration taken out again. */
export function moveStates<Row extends JudgedRow>(options: {
  readonly states: readonly ScoredRow<Row>[];
  readonly challengers: readonly Challenger[];
  readonly judgement: Judgement;
  readonly floor: number;
  readonly arm: Arm;
  /** Least ESS/n of the unclipped weights that a target leaves its judges, per state, where there is a policy to protect. */
  readonly targetSampleShare?: number;
}): Move<Row>[] {
  const { states, challengers, judgement, floor, arm } = options;
  const { targetSampleShare = defaultMpo.distillation.targetSampleShare } = options;
  // The gate judges the target on the newest log, so older states may move as far as the exploration of now allows.
  const exploration = states.find(({ row }) => row.arm === arm)?.row.exploration ?? floor;
  const sampleShare = judgement.proven ? targetSampleShare : 1e-9;
  const mix = mixChallengers(challengers, judgement.weights);
  return states.map((entry) => {
    const { row, scores } = entry;
    const logChallenger = mix(entry);
    const served = scores.logPolicy.map((value) =>
      servedProbability(Math.exp(value), { ...row, exploration }),
    );
    const { target } = trustRegionTarget(served, logChallenger.map(Math.exp), sampleShare);
    return {
      ...row,
      target: withoutFloor(target, floor),
      logPolicy: scores.logPolicy,
      logChallenger,
    };
  });
}
