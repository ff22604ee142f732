import { z } from "zod";
import {
  type CyclePlan,
  type CycleRecord,
  type FeedbackCounts,
  type Review,
  reviewActions,
  reviewKinds,
  type ServingEvaluation,
} from "../domain/cycle-record.ts";
import type { EncoderWatch } from "../domain/encoder-record.ts";
import { gateRecord } from "./gate-record-schema.ts";
import { improvementFields } from "./improvement-schema.ts";
import {
  anchorReview,
  canaryReview,
  firstSlates,
  newEncoder,
  nextItemLoss,
  privacyRecord,
  promotionReview,
} from "./policy-evidence-schema.ts";
import { fieldsOf, interval, optional } from "./record-schema.ts";

const numberByName = z.record(z.string(), z.number());

const plan = fieldsOf<CyclePlan>({
  read: z.number(),
  decisions: z.number(),
  cells: z.number(),
  expectedMs: z.number(),
  expectedMiB: z.number(),
}).meta({ id: "CyclePlan" });

const feedback = fieldsOf<FeedbackCounts>({
  rows: z.number(),
  candidates: z.number(),
  decisions: z.number(),
  kept: z.number(),
  newDecisions: z.number(),
  users: z.number(),
  judged: z.number(),
  trainOnly: optional(z.number()),
  unviewed: optional(z.number()),
  outdated: optional(z.number()),
}).meta({ id: "FeedbackCounts" });

const evaluation = fieldsOf<ServingEvaluation>({
  rows: z.number(),
  meanReward: z.number(),
  interval,
  successRate: z.number(),
  baselineMeanReward: optional(z.number()),
}).meta({ id: "ServingEvaluation" });

const review = fieldsOf<Review>({
  kind: z.enum(reviewKinds),
  version: z.number(),
  gate: gateRecord,
  action: z.enum(reviewActions),
  onlyLive: optional(z.string()),
}).meta({ id: "Review" });

const encoderWatch = fieldsOf<EncoderWatch>({
  newEvents: z.number(),
  knownEvents: z.number(),
  days: optional(z.number()),
  loss: optional(nextItemLoss),
  isDue: z.boolean(),
  reason: z.string(),
}).meta({ id: "EncoderWatch" });

export const cycleRecord: z.ZodType<CycleRecord> = fieldsOf<CycleRecord>({
  damage: optional(z.string()),
  ...improvementFields,
  seed: optional(z.number()),
  plan: optional(plan),
  feedback: optional(feedback),
  evaluation: optional(evaluation),
  promotion: optional(promotionReview),
  retrieval: optional(promotionReview),
  canary: optional(canaryReview),
  anchor: optional(anchorReview),
  review: optional(review),
  context: optional(numberByName),
  chosenSetting: optional(z.string()),
  judgedDifference: optional(z.number()),
  gate: optional(gateRecord),
  exploration: optional(z.number()),
  stageMs: optional(numberByName),
  stageCpuMs: optional(numberByName),
  stagePeakMiB: optional(numberByName),
  slates: optional(firstSlates),
  encoderWatch: optional(encoderWatch),
  newEncoder: optional(newEncoder),
  privacy: optional(privacyRecord),
}).meta({ id: "CycleRecord" });
