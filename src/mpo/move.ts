import type { Arm } from "../domain/decision.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import { type JudgedRow, servedProbability } from "../learning/feedback-row.ts";
import type { ScoredRow } from "../learning/scored-row.ts";
import { trustRegionTarget, withoutFloor } from "./challengers.ts";
import type { Judgement } from "./judge.ts";
import { meanTrustRegion } from "./mean-trust-region.ts";
import { type Challenger, mixChallengers } from "./measure.ts";

/** A state with the target that its policy is moved to, and the two policies whose difference Δ is reported. */
export type Move<Row extends JudgedRow> = Row & {
  readonly target: Float64Array;
  readonly logPolicy: Float64Array;
  readonly logChallenger: Float64Array;
};

/** Where the judgement moves each state: towards φ*, inside its trust region and that of the mean, exploration taken out again. */
export function moveStates<Row extends JudgedRow>(options: {
  readonly states: readonly ScoredRow<Row>[];
  readonly challengers: readonly Challenger[];
  readonly judgement: Judgement;
  readonly floor: number;
  readonly arm: Arm;
  /** Least ESS/n of the unclipped weights that a target leaves its judges, per state, where there is a policy to protect. */
  readonly targetSampleShare?: number;
  /** Most of mean KL(t ‖ π_s), nats, where there is a policy to protect. */
  readonly meanKl?: number;
}): Move<Row>[] {
  const { states, challengers, judgement, floor, arm } = options;
  const {
    targetSampleShare = defaultMpo.distillation.targetSampleShare,
    meanKl = defaultMpo.distillation.meanKl,
  } = options;
  // The gate judges the target on the newest log, so older states may move as far as the exploration of now allows.
  const exploration = states.find(({ row }) => row.arm === arm)?.row.exploration ?? floor;
  const sampleShare = judgement.proven ? targetSampleShare : 1e-9;
  const mix = mixChallengers(challengers, judgement.weights);
  const bounded = states.map((entry) => {
    const { row, scores } = entry;
    const logChallenger = mix(entry);
    const served = scores.logPolicy.map((value) =>
      servedProbability(Math.exp(value), { ...row, exploration }),
    );
    const target = trustRegionTarget(served, logChallenger.map(Math.exp), sampleShare);
    return { entry, served, target, logChallenger };
  });
  const share = judgement.proven ? meanTrustRegion(bounded, meanKl) : 1;
  return bounded.map(({ entry: { row, scores }, served, target, logChallenger }) => {
    const reached = served.map((value, a) => value + share * ((target[a] ?? 0) - value));
    const { logPolicy } = scores;
    return { ...row, target: withoutFloor(reached, floor), logPolicy, logChallenger };
  });
}
