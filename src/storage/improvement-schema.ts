import { z } from "zod";
import type { FindingsRecord, PretrainingRecord } from "../domain/cycle-record.ts";
import {
  type CalibrationRecord,
  type DistillationRecord,
  type DoubtfulItem,
  distilObjectives,
  type LossRecord,
  type Restraint,
  type SegmentDifference,
  type SeparationRecord,
  type TriedSetting,
} from "../domain/improvement-record.ts";
import { fieldsOf, optional } from "./record-schema.ts";

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

export const triedSetting: z.ZodType<TriedSetting> = fieldsOf<TriedSetting>({
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
export const discriminator: z.ZodType<FindingsRecord["discriminator"]> = fieldsOf<
  FindingsRecord["discriminator"]
>({
  ...separation,
  heldOut: fieldsOf<SeparationRecord>(separation),
  slope: z.number(),
  restrains: z.boolean(),
});

export const doubtfulItem: z.ZodType<DoubtfulItem> = fieldsOf<DoubtfulItem>({
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

export const distillation: z.ZodType<DistillationRecord> = fieldsOf<DistillationRecord>({
  ...training,
  objective: z.enum(distilObjectives),
  way: z.number(),
  gap: z.number(),
});

export const pretraining: z.ZodType<PretrainingRecord["pretraining"]> = fieldsOf<
  PretrainingRecord["pretraining"]
>({
  ...training,
  rows: z.number(),
  users: z.number(),
  items: z.number(),
});

export const policyDifference: z.ZodType<FindingsRecord["policyDifference"]> = fieldsOf<
  FindingsRecord["policyDifference"]
>({ ...difference, segments: z.array(segment) });

export const critic: z.ZodType<LossRecord> = fieldsOf<LossRecord>(losses);

export const calibration: z.ZodType<CalibrationRecord> = fieldsOf<CalibrationRecord>({
  rows: z.number(),
  errorBefore: optional(z.number()),
  errorAfter: optional(z.number()),
});

export const examination: z.ZodType<FindingsRecord["examination"]> = fieldsOf<
  FindingsRecord["examination"]
>({ values: z.array(z.number()), standardErrors: z.array(z.number()) });
