import { z } from "zod";
import { type AdsRule, impression } from "../../domain/campaign.ts";
import {
  type RewardRule,
  repeatRules,
  type Scenario,
  slateRewards,
} from "../../domain/scenario.ts";
import type { SocialRule } from "../../domain/social.ts";
import { name } from "../input/fields.ts";
import { fieldPath, scenarioRules, seenRules } from "../rules/rules-schema.ts";
import { type WrittenScenario, writtenFastLoop } from "./fast-loop-schema.ts";
import { guardMetrics, refuseUnfitGuards } from "./guard-schema.ts";

const positive = z.number().positive();

/** Most events of a page that is open arrive within a minute; a short window waits little longer. */
const defaultGrace = ({ windowSeconds }: { readonly windowSeconds: number }): number =>
  Math.min(60, windowSeconds / 10);

/** A misspelt type would have no effect. */
function refuseUnweighed(
  { weights, ...byType }: Pick<RewardRule, "weights" | "repeats" | "windows">,
  context: z.RefinementCtx,
): void {
  for (const field of ["repeats", "windows"] as const)
    for (const type of Object.keys(byType[field] ?? {})) {
      if (Object.hasOwn(weights, type)) continue;
      const message = `this type has no weight, only ${Object.keys(weights).join(", ")}; give it one or leave it out`;
      context.addIssue({ code: "custom", path: [field, type], message });
    }
}

const rewardSchema = z
  .strictObject({
    weights: z.record(z.string().min(1), z.number()),
    windowSeconds: positive,
    windows: z.record(z.string().min(1), positive).exactOptional(),
    graceSeconds: z.number().min(0).exactOptional(),
    viewedType: z.string().min(1).exactOptional(),
    repeats: z.record(z.string().min(1), z.enum(repeatRules)).default({}),
    defaultReward: z.number().default(0),
    minimum: z.number().default(0),
    maximum: z.number(),
  })
  .refine((rule) => rule.minimum < rule.maximum, {
    path: ["maximum"],
    error: "must be above minimum, whose default is 0",
  })
  .refine(({ weights, viewedType = "" }) => !Object.hasOwn(weights, viewedType), {
    path: ["viewedType"],
    error:
      "this type has a weight; take it out of the weights, since an item that was only viewed has the default reward",
  })
  .superRefine(refuseUnweighed)
  .transform((rule) => ({ graceSeconds: defaultGrace(rule), ...rule }));

/** Fifty times the log-odds of a bid leave chance hardly a part. */
const maxBidWeight = 50;

const adsSchema = z.strictObject({
  outcomes: z.array(name).min(1, "must name an event type that campaigns pay for"),
  bidWeight: z.number().min(0).max(maxBidWeight).default(1),
  valueWeight: z.number().gt(0).max(maxBidWeight).default(10),
  qualityFloor: z.number().gt(0).lt(1).exactOptional(),
});

/** Defaults that depend on the reward are completed with the scenario. */
const socialSchema = z.strictObject({
  author: fieldPath.exactOptional(),
  types: z.array(z.string().min(1)).min(1).max(20).exactOptional(),
  hours: z.number().positive().max(8760).default(168),
  candidates: z.int().min(0).max(500).default(50),
});

const quota = z.int().min(0).max(500).default(0);
const sourcesSchema = z.strictObject({ newest: quota, trending: quota, similar: quota });

/** By default the types that the reward wants. */
const completeSocial = (
  { types, ...social }: z.output<typeof socialSchema>,
  { weights }: Pick<RewardRule, "weights">,
): SocialRule => ({
  types: types ?? Object.keys(weights).filter((type) => (weights[type] ?? 0) > 0),
  ...social,
});

const scenarioFields = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,31}$/,
      "must be a lower case letter and at most 31 lower case letters, digits and hyphens",
    ),
  slateSize: z.int().min(1).max(50),
  excludeSeen: z.union([z.boolean("must be true, false or a list of rules"), seenRules]),
  rules: scenarioRules.exactOptional(),
  exploration: z.number().gt(0).max(1).exactOptional(),
  loopExploration: z.number().gt(0).max(1).exactOptional(),
  maxCandidates: z.int().min(1).max(1000).default(500),
  discount: z.number().min(0).lt(1).default(0),
  sessionGapSeconds: positive.default(1800),
  slateReward: z.enum(slateRewards).default("position"),
  ads: adsSchema.exactOptional(),
  social: socialSchema.exactOptional(),
  sources: sourcesSchema.exactOptional(),
  reward: rewardSchema,
  guards: guardMetrics.exactOptional(),
  fastLoop: writtenFastLoop.prefault({}),
});

/** An event type without a weight answers no decision, so that nobody would pay for it. */
function refuseUnweighedOutcomes(
  { ads, reward }: { readonly ads?: Pick<AdsRule, "outcomes"> } & Pick<Scenario, "reward">,
  context: z.RefinementCtx,
): void {
  for (const [index, type] of (ads?.outcomes ?? []).entries()) {
    const path = ["ads", "outcomes", index];
    const refuse = (message: string) => context.addIssue({ code: "custom", path, message });
    if (type === impression) refuse("every campaign may pay for impressions; leave it out");
    else if (!Object.hasOwn(reward.weights, type))
      refuse("reward.weights has no such type; add it");
  }
}

/** A slate has one ad of a campaign, so that one decision can't spend more than the price of one. */
function capCampaigns<Fields extends Pick<Scenario, "ads" | "rules">>(scenario: Fields): Fields {
  if (scenario.ads === undefined) return scenario;
  const caps = (scenario.rules?.caps ?? []).filter(({ by }) => by !== "campaign");
  return {
    ...scenario,
    rules: { ...scenario.rules, caps: [...caps, { by: "campaign", most: 1 }] },
  };
}

/** Such a pin would hold for requests of larger slates alone, which nobody expects. */
function refusePinsBelow(
  { rules, slateSize }: Pick<Scenario, "rules" | "slateSize">,
  context: z.RefinementCtx,
): void {
  for (const [index, { position }] of (rules?.pins ?? []).entries()) {
    if (position < slateSize) continue;
    const message = `a slate of ${slateSize} has positions 0 to ${slateSize - 1}; choose one of them`;
    context.addIssue({ code: "custom", path: ["rules", "pins", index, "position"], message });
  }
}

const scenarioSchema = scenarioFields
  // Rewards after a session count 0. A return maps to 0 only if 0 is in the range.
  .refine(
    ({ discount, reward }) => discount === 0 || (reward.minimum <= 0 && reward.maximum >= 0),
    {
      path: ["discount"],
      error:
        "a value above 0 needs a reward range that contains 0; widen the range, or set it to 0",
    },
  )
  .superRefine(refusePinsBelow)
  .superRefine(refuseUnfitGuards)
  .superRefine(refuseUnweighedOutcomes)
  .refine(({ discount, fastLoop }) => discount === 0 || !fastLoop.enabled, {
    path: ["discount"],
    error:
      "a value above 0 can't be combined with the fast loop, which learns immediate rewards; switch one of them off",
  })
  .transform(({ social, ...scenario }) => ({
    ...capCampaigns(scenario),
    ...(social && { social: completeSocial(social, scenario.reward) }),
  }));

function refuseSameNames(
  scenarios: readonly Pick<Scenario, "name">[],
  context: z.RefinementCtx,
): void {
  const names = scenarios.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) === index) continue;
    const message = "another scenario has this name; give each scenario its own";
    context.addIssue({ code: "custom", path: [index, "name"], message });
  }
}

/** Their fast loops are completed with the whole configuration. */
export const scenariosSchema: z.ZodType<readonly WrittenScenario[], readonly object[]> = z
  .array(scenarioSchema)
  .min(1)
  .superRefine(refuseSameNames);
