import { z } from "zod";
import type { Consent } from "../../domain/consent.ts";
import type { Decision, DecisionRule, DrawnTime, Feedback } from "../../domain/decision.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { PrefixRules } from "../../domain/prefix-rules.ts";
import { settleReward } from "../../domain/reward-rule.ts";
import type { RewardRule, ServingRule } from "../../domain/scenario.ts";
import type { SocialRule } from "../../domain/social.ts";
import type { DrawRules } from "../../engine/rules/draw-rules.ts";

/**
 * A line of `recurve export decisions`: a decision as it was made, with its rewards. Times are ISO
 * 8601 in UTC.
 */
export interface ExportedDecision
  extends Omit<
    Decision,
    "decisionId" | "userId" | "candidates" | "slate" | DecisionRule | DrawnTime | "expiresAt"
  > {
  readonly decisionId: string;
  readonly userId: string;
  readonly decidedAt: string;
  /** Absent if it was not deferred. */
  readonly drawnAt?: string;
  readonly expiresAt: string;
  /** By position, in reward units: the default if no event came, clipped to the rule's range. */
  readonly rewards: readonly number[];
  readonly slate: readonly string[];
  readonly candidates: readonly { readonly itemId: string; readonly features?: JsonObject }[];
  /** Rules of the draw, as they were on these candidates; absent if there were none. */
  readonly draw?: ExportedDraw;
  /** Consents that users who had stated nothing did not give; absent: none. */
  readonly consent?: Consent;
  /** The scenario's rule about edges between users, on which features depend; absent if there was none. */
  readonly social?: SocialRule;
}

/**
 * Rules of a draw on the candidates of a decision: groups of each candidate, how many of each group a slate may hold, and features that
 * keep its items apart.
 */
export interface ExportedDraw extends PrefixRules {
  /** Added to the log-odds of each candidate, whatever the policy. */
  readonly boosts?: readonly number[];
  /** Items that have their places by a rule. */
  readonly pinned?: readonly string[];
  /** Places that were asked for, if the rules left fewer. */
  readonly slateSize?: number;
}

/** @param rules on the candidates of the decision */
function toExportedDraw({ candidates, offer }: Decision, rules: DrawRules): ExportedDraw {
  const { boosts, pins, caps, diversity } = rules;
  return {
    ...(boosts && { boosts: [...boosts] }),
    ...(pins && { pinned: [...pins.values()].flatMap((index) => candidates[index]?.itemId ?? []) }),
    ...(caps && { caps }),
    ...(diversity && { diversity }),
    ...(offer?.slateSize !== undefined && { slateSize: offer.slateSize }),
  };
}

/** The fields of the decision that its features depend on. */
export const momentOfExport = ({
  decidedAt,
  drawnAt = decidedAt,
  social,
  consent,
}: ExportedDecision): {
  decidedAt: number;
  drawnAt: number;
  servingRule: Pick<ServingRule, "social" | "consent">;
} => ({
  decidedAt: Date.parse(decidedAt),
  drawnAt: Date.parse(drawnAt),
  servingRule: { ...(social && { social }), ...(consent && { consent }) },
});

/** The rules again. */
export function rulesOfDraw({ candidates, draw = {} }: ExportedDecision): DrawRules {
  const { boosts, pinned, caps, diversity } = draw;
  const indices = pinned?.map((item) => candidates.findIndex(({ itemId }) => itemId === item));
  return {
    ...(boosts && { boosts: Float64Array.from(boosts) }),
    ...(indices && { pins: new Map(indices.entries()) }),
    ...(caps && { caps }),
    ...(diversity && { diversity }),
  };
}

export function toExportedDecision(
  { decision, rewards }: Feedback,
  rule: RewardRule,
  rules: DrawRules,
): ExportedDecision {
  const draw = toExportedDraw(decision, rules);
  return {
    decisionId: decision.decisionId,
    userId: decision.userId,
    scenario: decision.scenario,
    arm: decision.arm,
    policyVersion: decision.policyVersion,
    seed: decision.seed,
    asOf: decision.asOf,
    decidedAt: new Date(decision.decidedAt).toISOString(),
    ...(decision.drawnAt !== undefined && { drawnAt: new Date(decision.drawnAt).toISOString() }),
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
    ...(Object.keys(draw).length > 0 && { draw }),
    ...(decision.servingRule?.consent && { consent: decision.servingRule.consent }),
    ...(decision.servingRule?.social && { social: decision.servingRule.social }),
    context: decision.context,
  };
}

const object = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);

const counts = z.array(z.int("must be a whole number").min(0), "must be a list of whole numbers");
const weights = z.array(z.number().positive(), "must be a list of numbers above 0");
/** Features have weights, so that no product with a missing one is made. */
const diversity = z
  .object({
    power: z.number("must be a number").min(0).max(10),
    featuresOf: z.array(counts),
    weights,
  })
  .refine(
    ({ featuresOf, weights: { length } }) =>
      featuresOf.every((list) => list.every((feature) => feature < length)),
    { path: ["featuresOf"], error: "must be numbers of entries of weights" },
  );
const draw = z.object(
  {
    boosts: z.array(z.number("must be a number"), "must be a list of numbers").exactOptional(),
    pinned: z.array(z.string("must be text"), "must be a list of item ids").exactOptional(),
    caps: z.object({ groupsOf: z.array(counts), limits: counts }).exactOptional(),
    diversity: diversity.exactOptional(),
    slateSize: z.int("must be a whole number").min(1).exactOptional(),
  },
  "must be an object",
);

const flag = z.boolean("must be true or false").exactOptional();
const consent = z.object({ train: flag, personalise: flag });

const socialRule = z.object({
  author: z.string("must be text").exactOptional(),
  types: z.array(z.string("must be text"), "must be a list of event types"),
  hours: z.number("must be a number"),
  candidates: z.number("must be a number"),
});

/** Rules of the draw have an entry for each candidate. */
function refuseOtherLengths(
  {
    candidates,
    draw: { boosts, caps, diversity } = {},
  }: Pick<ExportedDecision, "candidates" | "draw">,
  context: z.RefinementCtx,
): void {
  for (const [field, list] of [
    ["boosts", boosts] as const,
    ["caps", caps?.groupsOf] as const,
    ["diversity", diversity?.featuresOf] as const,
  ]) {
    if (list === undefined || list.length === candidates.length) continue;
    const message = `must have ${candidates.length} entries, one for each candidate, got ${list.length}`;
    context.addIssue({ code: "custom", path: ["draw", field], message });
  }
}

const time = z.iso.datetime("must be a time such as 2026-01-31T12:00:00.000Z");

/** The fields of a line that an evaluation reads; the others are for people. */
export const exportedSchema: z.ZodType<ExportedDecision> = z
  .looseObject({
    userId: z.string("must be text"),
    scenario: z.string("must be text"),
    asOf: z.int("must be an integer").min(0),
    decidedAt: time,
    drawnAt: time.exactOptional(),
    exploration: z.number("must be a number").min(0).max(1),
    slate: z.array(z.string("must be text"), "must be a list of item ids").min(1, "is empty"),
    positionPropensities: z.array(z.unknown(), "must be a list of numbers"),
    rewards: z.array(z.unknown(), "must be a list of numbers"),
    candidates: z.array(
      z.object({ itemId: z.string("must be text"), features: object.exactOptional() }),
      "must be a list of candidates",
    ),
    draw: draw.exactOptional(),
    consent: consent.exactOptional(),
    social: socialRule.exactOptional(),
    context: object,
  })
  .superRefine(refuseOtherLengths) as unknown as z.ZodType<ExportedDecision>;
