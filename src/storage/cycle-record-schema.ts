import { z } from "zod";
import {
  type CalibrationRecord,
  type CyclePlan,
  type CycleRecord,
  type DistillationRecord,
  type DoubtfulItem,
  distilObjectives,
  type FeedbackCounts,
  type FindingsRecord,
  type LossRecord,
  type PretrainingRecord,
  type Restraint,
  type Review,
  reviewActions,
  reviewKinds,
  type SegmentDifference,
  type SeparationRecord,
  type ServingEvaluation,
  type TriedSetting,
} from "../domain/cycle-record.ts";
import { gateRecord } from "./gate-record-schema.ts";
import { firstSlates, promotionReview } from "./policy-evidence-schema.ts";
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
}).meta({ id: "Review" });

const difference = {
  mean: z.number(),
  p05: z.number(),
  p50: z.number(),
  p95: z.number(),
  max: z.number(),
};
const segment = fieldsOf<SegmentDifference>({
  segment: z.string(),
  states: z.number(),
  ...difference,
});

const setting = fieldsOf<TriedSetting>({
  name: z.string(),
  klRadius: z.number(),
  pessimism: z.number(),
  discriminator: z.number(),
  proximity: z.number(),
  memory: z.array(z.number()),
  kl: z.number(),
  difference: z.number(),
  standardError: z.number().nullable(),
  sharedError: z.number().nullable(),
  z: z.number(),
  servingValue: z.number(),
  predicted: z.number(),
  predictedDeviation: z.number(),
  weight: z.number(),
  restraint: optional(
    fieldsOf<Restraint>({
      strength: z.number(),
      massBefore: z.number(),
      massAfter: z.number(),
    }),
  ),
}).meta({ id: "TriedSetting" });

const separation = { auc: z.number(), standardError: optional(z.number()) };
const discriminator = fieldsOf<FindingsRecord["discriminator"]>({
  ...separation,
  heldOut: fieldsOf<SeparationRecord>(separation),
  slope: z.number(),
  restrains: z.boolean(),
});

const doubtfulItem = fieldsOf<DoubtfulItem>({
  itemId: z.string(),
  states: z.number(),
  prediction: z.number(),
  excess: z.number(),
  discriminator: z.number(),
  shown: z.number(),
  reward: optional(z.number()),
}).meta({ id: "DoubtfulItem" });

const losses = { firstLoss: z.number(), lastLoss: z.number() };
const training = { ...losses, epochs: z.number(), steps: z.number() };

const distillation = fieldsOf<DistillationRecord>({
  ...training,
  objective: z.enum(distilObjectives),
  way: z.number(),
  gap: z.number(),
});

const pretraining = fieldsOf<PretrainingRecord["pretraining"]>({
  ...training,
  rows: z.number(),
  users: z.number(),
  items: z.number(),
});

export const cycleRecord: z.ZodType<CycleRecord> = fieldsOf<CycleRecord>({
  damage: optional(z.string()),
  seed: optional(z.number()),
  plan: optional(plan),
  feedback: optional(feedback),
  evaluation: optional(evaluation),
  promotion: optional(promotionReview),
  review: optional(review),
  policyDifference: optional(
    fieldsOf<FindingsRecord["policyDifference"]>({ ...difference, segments: z.array(segment) }),
  ),
  context: optional(numberByName),
  settings: optional(z.array(setting)),
  chosenSetting: optional(z.string()),
  judgedDifference: optional(z.number()),
  discriminator: optional(discriminator),
  doubtfulItems: optional(z.array(doubtfulItem)),
  critic: optional(fieldsOf<LossRecord>(losses)),
  calibration: optional(
    fieldsOf<CalibrationRecord>({
      rows: z.number(),
      errorBefore: optional(z.number()),
      errorAfter: optional(z.number()),
    }),
  ),
  examination: optional(
    fieldsOf<FindingsRecord["examination"]>({
      values: z.array(z.number()),
      standardErrors: z.array(z.number()),
    }),
  ),
  distillation: optional(distillation),
  gate: optional(gateRecord),
  exploration: optional(z.number()),
  stageMs: optional(numberByName),
  stageCpuMs: optional(numberByName),
  stagePeakMiB: optional(numberByName),
  pretraining: optional(pretraining),
  slates: optional(firstSlates),
}).meta({ id: "CycleRecord" });
