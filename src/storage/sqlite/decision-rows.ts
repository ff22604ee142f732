import { arms, type Candidate, type Decision } from "../../domain/decision.ts";
import type { FastLoopMark } from "../../domain/fast-loop.ts";
import { decisionId, type ItemId, itemId, userId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import {
  deflateJson,
  readDeflatedJson,
  readJson,
  readMember,
  readNumber,
  readText,
} from "./columns.ts";
import type { Row, Value } from "./connection.ts";
import type { RewardRules } from "./reward-rules.ts";

/** Columns of `decisions` after `sequence`, in the order of `encodeDecision`. */
export const decisionColumns = [
  "decision_id",
  "user_id",
  "scenario",
  "arm",
  "policy_version",
  "seed",
  "as_of",
  "slate_propensity",
  "exploration",
  "decided_at",
  "expires_at",
  "slate",
  "position_propensities",
  "context",
  "candidates",
  "fast_loop",
  "reward_rule",
] as const;

/** A bare id is the usual case: a slate may be chosen from hundreds, so each byte counts. */
type CandidateText = string | readonly [string, JsonObject];

function encodeCandidate({ itemId, features }: Candidate): CandidateText {
  return features === undefined ? itemId : [itemId, features];
}

function decodeCandidate(candidate: CandidateText): Candidate {
  if (typeof candidate === "string") return { itemId: itemId(candidate) };
  return { itemId: itemId(candidate[0]), features: candidate[1] };
}

/** In the order of `encodeMark`: names would be most of the bytes. */
type MarkNumbers = readonly [number, number, number, number, number, number];

const encodeMark = (mark: FastLoopMark): MarkNumbers => [
  mark.version,
  mark.through,
  mark.renewal,
  mark.forgetting,
  mark.temperature,
  mark.drawScale,
];

function decodeMark(row: Row): Pick<Decision, "fastLoop"> {
  if (row.fast_loop === null) return {};
  const numbers = readJson<MarkNumbers>(row, "fast_loop");
  const [version, through, renewal, forgetting, temperature, drawScale] = numbers;
  return { fastLoop: { version, through, renewal, forgetting, temperature, drawScale } };
}

function checkPropensities(decision: Decision): void {
  const { positionPropensities, slatePropensity, exploration } = decision;
  const probabilities = [...positionPropensities, slatePropensity, exploration];
  if (probabilities.every(Number.isFinite)) return;
  throw new RangeError(`propensities must be finite, got ${probabilities.join(", ")}`);
}

/** JSON text and REAL columns keep a finite float64 bit for bit. */
export function encodeDecision(decision: Decision, rules: RewardRules): readonly Value[] {
  checkPropensities(decision);
  return [
    decision.decisionId,
    decision.userId,
    decision.scenario,
    decision.arm,
    decision.policyVersion,
    decision.seed,
    decision.asOf,
    decision.slatePropensity,
    decision.exploration,
    decision.decidedAt,
    decision.expiresAt,
    JSON.stringify(decision.slate),
    JSON.stringify(decision.positionPropensities),
    JSON.stringify(decision.context),
    deflateJson(decision.candidates.map(encodeCandidate)),
    decision.fastLoop === undefined ? null : JSON.stringify(encodeMark(decision.fastLoop)),
    rules.numberOf(decision.rewardRule),
  ];
}

export function decodeDecision(row: Row, rules: RewardRules): Decision {
  const rewardRule = rules.find(row.reward_rule);
  return {
    decisionId: decisionId(readText(row, "decision_id")),
    userId: userId(readText(row, "user_id")),
    scenario: readText(row, "scenario"),
    arm: readMember(row, "arm", arms),
    policyVersion: readNumber(row, "policy_version"),
    seed: readNumber(row, "seed"),
    asOf: readNumber(row, "as_of"),
    context: readJson<JsonObject>(row, "context"),
    candidates: readDeflatedJson<CandidateText[]>(row, "candidates").map(decodeCandidate),
    slate: readJson<ItemId[]>(row, "slate"),
    positionPropensities: readJson<number[]>(row, "position_propensities"),
    slatePropensity: readNumber(row, "slate_propensity"),
    exploration: readNumber(row, "exploration"),
    ...decodeMark(row),
    ...(rewardRule && { rewardRule }),
    decidedAt: readNumber(row, "decided_at"),
    expiresAt: readNumber(row, "expires_at"),
  };
}
