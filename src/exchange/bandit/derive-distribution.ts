import type { Decision } from "../../domain/decision.ts";
import { auditTolerance } from "../../engine/audit/compare-propensities.ts";
import type { LogitDeriver } from "../../engine/audit/derive-logits.ts";
import { addBoosts } from "../../engine/rules/draw-rules.ts";
import { positionProbabilities } from "../../policy/slate.ts";
import { deriveRecorded } from "./derive-recorded.ts";
import type { LoggedRound } from "./logged-rounds.ts";

/** The choice probabilities of a round's candidates, in their order; the action's is the recorded one. */
export type DeriveDistribution = (round: LoggedRound) => Promise<readonly number[] | undefined>;

/** @returns undefined if the record does not give the recorded propensity again */
export function createDistributions(deriver: LogitDeriver): DeriveDistribution {
  // The rounds of a decision follow each other.
  let last: { readonly decision: Decision; readonly logits: Float64Array | undefined } | undefined;
  return async ({ decision, rules, candidates, tilt, chosen, propensity }) => {
    if (last?.decision !== decision)
      last = { decision, logits: await deriveRecorded(deriver, decision) };
    if (last.logits === undefined) return undefined;
    const logits = addBoosts(last.logits, rules);
    const own = candidates.map(({ index }, a) => (logits[index] ?? Number.NaN) + (tilt?.[a] ?? 0));
    const derived = [...positionProbabilities(own, [], decision.exploration)];
    const distance = Math.abs(Math.log((derived[chosen] ?? 0) / propensity));
    return distance <= auditTolerance ? derived.with(chosen, propensity) : undefined;
  };
}
