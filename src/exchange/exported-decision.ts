import { z } from "zod";
import type { Decision, DecisionRule, Feedback } from "../domain/decision.ts";
import type { JsonObject } from "../domain/json.ts";
import { settleReward } from "../domain/reward-rule.ts";
import type { RewardRule } from "../domain/scenario.ts";

/**
 * A line of `recurve export decisions`: a decision as it was made, with its rewards. Times are ISO
 * 8601 in UTC.
 */
export interface ExportedDecision
  extends Omit<
    Decision,
    "decisionId" | "userId" | "candidates" | "slate" | DecisionRule | "decidedAt" | "expiresAt"
  > {
  readonly decisionId: string;
  readonly userId: string;
  readonly decidedAt: string;
  readonly expiresAt: string;
  /** By position, in reward units: the default if no event came, clipped to the rule's range. */
  readonly rewards: readonly number[];
  readonly slate: readonly string[];
  readonly candidates: readonly { readonly itemId: string; readonly features?: JsonObject }[];
}

export function toExportedDecision(
  { decision, rewards }: Feedback,
  rule: RewardRule,
): ExportedDecision {
  return {
    decisionId: decision.decisionId,
    userId: decision.userId,
    scenario: decision.scenario,
    arm: decision.arm,
    policyVersion: decision.policyVersion,
    seed: decision.seed,
    asOf: decision.asOf,
    decidedAt: new Date(decision.decidedAt).toISOString(),
    expiresAt: new Date(decision.expiresAt).toISOString(),
    exploration: decision.exploration,
    ...(decision.fastLoop && { fastLoop: decision.fastLoop }),
    slatePropensity: decision.slatePropensity,
    positionPropensities: decision.positionPropensities,
    rewards: rewards.map((reward) => settleReward(reward, rule)),
    slate: decision.slate,
    candidates: decision.candidates,
    ...(decision.offeredBy && { offeredBy: decision.offeredBy }),
    ...(decision.retriever !== undefined && { retriever: decision.retriever }),
    ...(decision.offer && { offer: decision.offer }),
    context: decision.context,
  };
}

const object = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);

/** The fields of a line that an evaluation reads; the others are for people. */
export const exportedSchema: z.ZodType<ExportedDecision> = z.looseObject({
  userId: z.string("must be text"),
  scenario: z.string("must be text"),
  asOf: z.int("must be an integer").min(0),
  decidedAt: z.iso.datetime("must be a time such as 2026-01-31T12:00:00.000Z"),
  exploration: z.number("must be a number").min(0).max(1),
  slate: z.array(z.string("must be text"), "must be a list of item ids").min(1, "is empty"),
  positionPropensities: z.array(z.unknown(), "must be a list of numbers"),
  rewards: z.array(z.unknown(), "must be a list of numbers"),
  candidates: z.array(
    z.object({ itemId: z.string("must be text"), features: object.exactOptional() }),
    "must be a list of candidates",
  ),
  context: object,
}) as unknown as z.ZodType<ExportedDecision>;
