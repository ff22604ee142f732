import { arms, type Candidate, type Decision, offeredBy } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import type { FastLoopMark } from "../../domain/fast-loop.ts";
import { decisionId, itemId, userId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { RewardRule, ServingRule } from "../../domain/scenario.ts";
import { deflateJson, readDeflatedJson, readJson } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { createLoggedRules } from "./logged-rules.ts";
import { type Column, column, defineTable, type Table } from "./table.ts";

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
type MarkNumbers =
  | readonly [number, number, number, number, number, number]
  | readonly [number, number, number, number, number, number, readonly number[]];

function encodeMark(mark: FastLoopMark): MarkNumbers {
  const { version, through, renewal, forgetting, temperature, drawScale, below } = mark;
  const numbers = [version, through, renewal, forgetting, temperature, drawScale] as const;
  return below ? [...numbers, below] : numbers;
}

function decodeMark(row: Row): FastLoopMark {
  const numbers = readJson<MarkNumbers>(row, "fast_loop");
  const [version, through, renewal, forgetting, temperature, drawScale, below] = numbers;
  const settings = { version, through, renewal, forgetting, temperature, drawScale };
  return { ...settings, ...(below && { below }) };
}

const fastLoop: Column<FastLoopMark> = {
  name: "fast_loop",
  encode: (mark) => JSON.stringify(encodeMark(mark)),
  decode: decodeMark,
};

const candidates: Column<Decision["candidates"]> = {
  name: "candidates",
  encode: (list) => deflateJson(list.map(encodeCandidate)),
  decode: (row, name) => readDeflatedJson<CandidateText[]>(row, name).map(decodeCandidate),
};

/** The columns of `decisions` after `sequence`. JSON text and REAL columns keep a finite float64 bit for bit. */
export const defineDecisionTable = (connection: Connection): Table<Decision> =>
  defineTable<Decision>({
    decisionId: column.text("decision_id", decisionId),
    userId: column.text("user_id", userId),
    scenario: column.text("scenario"),
    arm: column.member("arm", arms),
    policyVersion: column.number("policy_version"),
    seed: column.number("seed"),
    asOf: column.number("as_of"),
    context: column.json("context"),
    candidates,
    slate: column.json("slate"),
    positionPropensities: column.json("position_propensities"),
    slatePropensity: column.number("slate_propensity"),
    exploration: column.number("exploration"),
    fastLoop: column.optional(fastLoop),
    rewardRule: {
      name: "reward_rule",
      ...createLoggedRules<RewardRule>(connection, "reward_rules"),
    },
    servingRule: {
      name: "serving_rule",
      ...createLoggedRules<ServingRule>(connection, "serving_rules"),
    },
    decidedAt: column.number("decided_at"),
    expiresAt: column.number("expires_at"),
    // Later columns come last, see `checksumOf`.
    offeredBy: column.optional(column.member("offered_by", offeredBy)),
    retriever: column.optional(column.number("retriever")),
    offer: column.optional(column.json("offer")),
    ads: column.optional(column.json("ads")),
    drawnAt: column.optional(column.number("drawn_at")),
  });

/** Names the row that can't be read: of millions the others may be whole. @throws storage_unavailable */
export function readDecision<T>(row: Row, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const { decision_id: id, sequence } = row;
    const isKnown = cause instanceof EngineError;
    const problem = isKnown ? cause.message : "holds another shape; the database is damaged";
    throw new EngineError("storage_unavailable", `decision '${id}': ${problem}`, {
      details: { ...(isKnown && cause.details), decisionId: id, sequence },
      cause,
    });
  }
}

/** @throws RangeError if one is not finite */
export function checkPropensities(decision: Decision): void {
  const { positionPropensities, slatePropensity, exploration } = decision;
  const probabilities = [...positionPropensities, slatePropensity, exploration];
  if (probabilities.every(Number.isFinite)) return;
  throw new RangeError(`propensities must be finite, got ${probabilities.join(", ")}`);
}
