import type { CycleOutcome } from "../../../domain/cycle-outcome.ts";
import type {
  CyclePlan,
  FeedbackCounts,
  FindingsRecord,
  ServingEvaluation,
  StageCosts,
} from "../../../domain/cycle-record.ts";
import type { EncoderWatch } from "../../../domain/encoder-record.ts";
import { endingOf, explainEnding, tellStart } from "../../../domain/ending.ts";
import type { PolicyGround } from "../../../domain/fast-loop.ts";
import type { GateRecord } from "../../../domain/gate-record.ts";
import type { CanaryTrial } from "../../../domain/policy-evidence.ts";
import type { Assignment } from "../../../domain/policy-snapshot.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import type { NetworkImprovement } from "../../../learning/network-family.ts";
import { differenceBySegment, policyDifference } from "../../../mpo/policy-difference.ts";
import type { Network } from "../../../policy/network.ts";
import type { StageClock } from "../../stages/stage-clock.ts";
import { describeCritic } from "./describe-critic.ts";
import type { CycleFeedback } from "./read-feedback.ts";
import type { Reviewed } from "./review.ts";

/** All that a cycle found out before anything changed. */
export interface Findings {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly plan: CyclePlan;
  readonly feedback: CycleFeedback;
  /** Of the time when the cycle began. */
  readonly assignment: Assignment;
  /** Of the serving policy. */
  readonly ground: PolicyGround;
  /** A trained or popularity policy served during the cycle. */
  readonly hasStarted: boolean;
  readonly evaluation: ServingEvaluation | undefined;
  readonly reviewed: Reviewed;
  /** Popularity, or chance after a collapse, if it serves from now on. */
  readonly start: Network | undefined;
  readonly improvement: NetworkImprovement;
  /** Makes popularity that may take the serving policy's place. */
  readonly renew: (() => Network) | undefined;
  readonly gate: GateRecord;
  /** Of the candidate, if it becomes a canary. */
  readonly trial: CanaryTrial | undefined;
  /** ε until the next cycle. */
  readonly exploration: number;
  readonly encoderWatch: EncoderWatch | undefined;
  readonly stages: StageClock;
}

export const describeStages = ({ stageMs, stageCpuMs, stagePeakMiB }: StageClock): StageCosts => ({
  stageMs,
  stageCpuMs,
  stagePeakMiB,
});

/** Nothing if all new rows may judge. */
function countTrainOnly(rows: CycleFeedback["rows"]): Pick<FeedbackCounts, "trainOnly"> {
  const trainOnly = rows.filter(({ trainsOnly }) => trainsOnly).length;
  return trainOnly > 0 ? { trainOnly } : {};
}

/** Nothing if no event would say that an item was viewed. */
const countUnviewed = (rows: CycleFeedback["rows"]): Pick<FeedbackCounts, "unviewed"> =>
  rows.some(({ isViewed }) => isViewed !== undefined)
    ? { unviewed: rows.filter(({ isViewed }) => isViewed === false).length }
    : {};

/** All measurements for the record. */
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
  encoderWatch,
  stages,
}: Findings): FindingsRecord {
  const { moved, moves, judgement, step } = improvement;
  const { network: _, ...distilled } = moved.distillation;
  const { promotion, retrieval, canary, anchor, review } = reviewed;
  return {
    seed,
    feedback: {
      rows: feedback.rows.length,
      candidates: feedback.rows.reduce((sum, { candidates }) => sum + candidates.length, 0),
      decisions: feedback.decisions,
      kept: feedback.kept,
      newDecisions: feedback.newDecisions,
      users: feedback.users,
      judged: gate.rows,
      ...countTrainOnly(feedback.rows),
      ...countUnviewed(feedback.rows),
      ...(feedback.outdated > 0 && { outdated: feedback.outdated }),
    },
    ...(evaluation && { evaluation }),
    ...(promotion && { promotion }),
    ...(retrieval && { retrieval }),
    ...(canary && { canary }),
    ...(anchor && { anchor }),
    ...(review && { review }),
    policyDifference: { ...policyDifference(moves), segments: differenceBySegment(moves) },
    context: improvement.context,
    chosenSetting: judgement.chosen,
    judgedDifference: (step ?? judgement).difference,
    ...describeCritic(improvement, scenario),
    distillation: {
      ...distilled,
      ...improvement.gap,
      ...(step && { sampleShare: step.sampleShare }),
    },
    gate,
    exploration,
    plan,
    ...(encoderWatch && { encoderWatch }),
    ...describeStages(stages),
  };
}

const whatKeeps = ({ review, assignment }: Reviewed) =>
  review?.onlyLive ?? `promotions are ${assignment.mode}`;

const tellReview = (reviewed: Reviewed): string | undefined => {
  const { review, promotion, canary, beaten, collapsed } = reviewed;
  if (collapsed !== undefined) return collapsed;
  if (beaten !== undefined) return beaten;
  if (promotion?.action === "roll-back")
    return `Rolled back to policy ${promotion.replaced}: ${promotion.reason}`;
  if (canary !== undefined && canary.action !== "keep") return canary.reason;
  if (review === undefined) return undefined;
  const { kind, version, action, gate } = review;
  const who = `${kind} ${version}`;
  switch (action) {
    case "promote":
      return `The ${who} took over: ${gate.reason}`;
    case "ask":
      return `The ${who} may take over and waits for approval: ${gate.reason}`;
    case "retire":
      return `The ${who} was taken off: ${gate.reason}`;
    case "roll-back":
      return `Rolled back to the ${who}: ${gate.reason}`;
    case "keep":
      return kind === "canary" && gate.verdict === "promote"
        ? `The ${who} may not take over, because ${whatKeeps(reviewed)}: ${gate.reason}`
        : undefined;
    default:
      throw new RangeError(`no action ${String(action satisfies never)}`);
  }
};

/** A promotion speaks for itself; otherwise the review's change is reported. */
export function summariseFindings({ reviewed, gate, start }: Findings): {
  outcome: CycleOutcome;
  reason: string;
} {
  const ending = endingOf(gate, reviewed);
  const told = tellReview(reviewed);
  const ended = explainEnding(gate, reviewed);
  const reason = start === undefined ? ended : `${ended} ${tellStart(reviewed)}`;
  return {
    outcome: ending === "promote" ? ending : (reviewOutcome(reviewed, start) ?? ending),
    reason: told === undefined ? reason : `${told} Then: ${reason}`,
  };
}

function reviewOutcome(
  { review, promotion, canary, beaten, collapsed }: Reviewed,
  start: Network | undefined,
): CycleOutcome | undefined {
  if (promotion?.action === "roll-back" || ((beaten || collapsed) && start)) return "roll-back";
  const action = canary && canary.action !== "keep" ? canary.action : review?.action;
  switch (action) {
    case "promote":
    case "roll-back":
      return action;
    case "ask":
      return "waiting";
    default:
      return undefined;
  }
}
