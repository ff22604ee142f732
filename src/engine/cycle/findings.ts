import type { CycleOutcome } from "../../domain/cycle.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { GateRecord } from "../../evaluation/gate.ts";
import { describeCritic } from "./describe-critic.ts";
import type { ServingEvaluation } from "./evaluate-serving.ts";
import type { Improvement } from "./improve.ts";
import type { CyclePlan } from "./plan-cycle.ts";
import type { CycleFeedback } from "./read-feedback.ts";
import type { Reviewed } from "./review.ts";
import type { StageClock } from "./stage-clock.ts";

/** All that a cycle found out before anything changed. */
export interface Findings {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly plan: CyclePlan;
  readonly feedback: CycleFeedback;
  /** Of the time when the cycle began. */
  readonly assignment: Assignment;
  readonly evaluation: ServingEvaluation | undefined;
  readonly reviewed: Reviewed;
  readonly improvement: Improvement;
  readonly gate: GateRecord;
  /** ε until the next cycle. */
  readonly exploration: number;
  readonly stages: StageClock;
}

export const describeStages = ({
  stageMs,
  stageCpuMs,
  stagePeakMiB,
}: StageClock): Pick<StageClock, "stageMs" | "stageCpuMs" | "stagePeakMiB"> => ({
  stageMs,
  stageCpuMs,
  stagePeakMiB,
});

/** What goes on record: everything measured. */
export function describeFindings({
  scenario,
  seed,
  plan,
  feedback,
  evaluation,
  reviewed,
  improvement,
  gate,
  exploration,
  stages,
}: Findings): JsonObject {
  const { distillation, judgement } = improvement;
  const { network: _, ...distilled } = distillation;
  const record = {
    seed,
    feedback: {
      rows: feedback.rows.length,
      candidates: feedback.rows.reduce((sum, { candidates }) => sum + candidates.length, 0),
      decisions: feedback.decisions,
      kept: feedback.kept,
      newDecisions: feedback.newDecisions,
      users: feedback.users,
      judged: improvement.gate.rows.length,
    },
    evaluation,
    promotion: reviewed.promotion,
    review: reviewed.review,
    policyDifference: improvement.difference,
    context: improvement.context,
    chosenSetting: judgement.chosen,
    judgedDifference: judgement.difference,
    ...describeCritic(improvement, scenario),
    distillation: { ...distilled, ...improvement.gap },
    gate,
    exploration,
    plan,
    ...describeStages(stages),
  };
  // Through JSON, so that what is stored is what it says: plain, and without what is absent.
  return JSON.parse(JSON.stringify(record)) as JsonObject;
}

/** A promotion speaks for itself; otherwise a change by the review is what happened. */
export function summariseFindings({ reviewed, gate }: Findings): {
  outcome: CycleOutcome;
  reason: string;
} {
  const { review, promotion } = reviewed;
  if (promotion?.action === "roll-back") {
    const outcome = gate.verdict === "promote" ? "promote" : "roll-back";
    const { replaced, reason } = promotion;
    return { outcome, reason: `Rolled back to policy ${replaced}: ${reason} Then: ${gate.reason}` };
  }
  if (review === undefined || review.action === "keep")
    return { outcome: gate.verdict, reason: gate.reason };
  const who = `${review.kind} ${review.version}`;
  const told = {
    promote: `The ${who} took over: ${review.gate.reason}`,
    retire: `The ${who} was taken off: ${review.gate.reason}`,
    "roll-back": `Rolled back to the ${who}: ${review.gate.reason}`,
  }[review.action];
  const reason = `${told} Then: ${gate.reason}`;
  if (gate.verdict === "promote" || review.action === "retire")
    return { outcome: gate.verdict, reason };
  return { outcome: review.action, reason };
}
