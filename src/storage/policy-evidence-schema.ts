import { z } from "zod";
import { verdicts } from "../domain/cycle-outcome.ts";
import type { NewEncoder, NextItemLoss } from "../domain/encoder-record.ts";
import type {
  FirstSlates,
  MeanOverUsers,
  SlateQuality,
  TemperatureChoice,
  TemperaturePoint,
} from "../domain/first-slates.ts";
import {
  type AnchorReview,
  type CanaryReview,
  type CanaryTrial,
  canaryActions,
  type LiveArmSummary,
  type PolicyEvidence,
  type Promotion,
  type PromotionReview,
  type Proposed,
  promotionActions,
  type SlateEvidence,
} from "../domain/policy-evidence.ts";
import type { PrivacyEvidence, PrivacyRecord } from "../domain/privacy.ts";
import { gateLooks, guard, lift, predicted } from "./gate-record-schema.ts";
import { fieldsOf, optional } from "./record-schema.ts";

const mean = fieldsOf<MeanOverUsers>({ mean: z.number(), standardError: z.number() });
const quality = { sorted: mean, served: mean, effectiveChoices: z.number() };
const slateQuality = fieldsOf<SlateQuality>(quality);

export const nextItemLoss: z.ZodType<NextItemLoss> = fieldsOf<NextItemLoss>({
  now: mean,
  users: z.number(),
  before: mean,
});

export const newEncoder: z.ZodType<NewEncoder> = fieldsOf<NewEncoder>({
  throughSequence: z.number(),
  heldOutAfter: optional(z.number()),
  ndcg: mean,
  servingNdcg: optional(mean),
  divergence: optional(z.strictObject({ decisions: z.number(), kl: z.number() })),
}).meta({ id: "NewEncoder" });

const temperature = fieldsOf<TemperaturePoint>({
  temperature: z.number(),
  served: z.number(),
  effectiveChoices: z.number(),
  surplus: mean,
});
const choice = { users: z.number(), sorted: z.number(), chosen: temperature };
const slates = { slateSize: z.number(), users: z.number() };

export const firstSlates: z.ZodType<FirstSlates> = fieldsOf<FirstSlates>({
  ...slates,
  network: slateQuality,
  popularity: slateQuality,
  temperature: z.number(),
  choice: fieldsOf<TemperatureChoice>({ ...choice, curve: z.array(temperature) }),
}).meta({ id: "FirstSlates" });

const slateEvidence = fieldsOf<SlateEvidence>({
  ...slates,
  sorted: optional(mean),
  served: optional(mean),
  effectiveChoices: optional(z.number()),
  popularity: optional(slateQuality),
  temperature: optional(z.number()),
  choice: optional(fieldsOf<Omit<TemperatureChoice, "curve">>(choice)),
});

const promotion = fieldsOf<Promotion>({
  replaced: optional(z.number()),
  promotedAt: z.number(),
  holdbackShare: z.number(),
  predicted,
}).meta({ id: "Promotion" });

const liveArm = fieldsOf<LiveArmSummary>({
  users: z.number(),
  rows: z.number(),
  meanReward: optional(z.number()),
});
const trial = {
  since: z.number(),
  deadline: z.number(),
  plannedError: optional(z.number().positive()),
};
export const canaryReview: z.ZodType<CanaryReview> = fieldsOf<CanaryReview>({
  version: z.number(),
  ...trial,
  action: z.enum(canaryActions),
  reason: z.string(),
  canary: liveArm,
  serving: liveArm,
  guards: optional(z.array(guard)),
  standardError: optional(z.number()),
  ...lift,
}).meta({ id: "CanaryReview" });

export const anchorReview: z.ZodType<AnchorReview> = fieldsOf<AnchorReview>({
  version: z.number(),
  since: z.number(),
  serving: liveArm,
  anchor: liveArm,
  standardError: optional(z.number()),
  ...lift,
}).meta({ id: "AnchorReview" });

export const promotionReview: z.ZodType<PromotionReview> = fieldsOf<PromotionReview>({
  version: z.number(),
  replaced: z.number(),
  since: z.number(),
  looks: z.number(),
  action: z.enum(promotionActions),
  reason: z.string(),
  serving: liveArm,
  holdback: liveArm,
  standardError: optional(z.number()),
  ...lift,
}).meta({ id: "PromotionReview" });

const privacyEvidence = { epsilon: z.number(), delta: z.number() };

export const privacyRecord: z.ZodType<PrivacyRecord> = fieldsOf<PrivacyRecord>({
  ...privacyEvidence,
  ownEpsilon: z.number(),
  budget: z.number(),
  steps: z.number(),
  noise: z.number(),
  countsNoise: z.number(),
  pairsNoise: z.number(),
  samplingRate: z.number(),
  clip: z.number(),
}).meta({ id: "PrivacyRecord" });

export const policyEvidence: z.ZodType<PolicyEvidence> = fieldsOf<PolicyEvidence>({
  damage: optional(z.string()),
  reason: optional(z.string()),
  verdict: optional(z.enum(verdicts)),
  choices: optional(z.number()),
  decisions: optional(z.number()),
  slates: optional(slateEvidence),
  looks: optional(gateLooks),
  proposed: optional(
    fieldsOf<Proposed>({ holdbackShare: z.number(), predicted, reason: z.string() }),
  ),
  promotion: optional(promotion),
  realised: optional(promotionReview),
  retrieval: optional(promotionReview),
  trial: optional(fieldsOf<CanaryTrial>(trial)),
  onlyLive: optional(z.string()),
  tried: optional(canaryReview),
  newEncoder: optional(newEncoder),
  privacy: optional(fieldsOf<PrivacyEvidence>(privacyEvidence)),
}).meta({ id: "PolicyEvidence" });
