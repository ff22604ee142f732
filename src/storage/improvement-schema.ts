import { z } from "zod";
import type {
  CycleRecord,
  FindingsRecord,
  TrainedEpoch,
  TrainingRecord,
} from "../domain/cycle-record.ts";
import type {
  CalibrationRecord,
  DifferenceHistogram,
  DistillationRecord,
  DoubtfulItem,
  Restraint,
  SegmentDifference,
  SeparationRecord,
  TriedSetting,
} from "../domain/improvement-record.ts";
import { distilObjectives } from "../domain/mpo-configuration.ts";
import { type Fields, fieldsOf, optional } from "./record-schema.ts";

const difference = {
  mean: z.number(),
  p05: z.number(),
  p50: z.number(),
  p95: z.number(),
  max: z.number(),
  histogram: optional(
    fieldsOf<DifferenceHistogram>({
      min: z.number(),
      max: z.number(),
      limits: z.array(z.number()),
      masses: z.array(z.number()),
    }),
  ),
};
const segment = fieldsOf<SegmentDifference>({
  segment: z.string(),
  states: z.number(),
  ...difference,
});

const triedSetting = fieldsOf<TriedSetting>({
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
const fitted = { ...losses, epochs: z.number(), steps: z.number() };

const distillation = fieldsOf<DistillationRecord>({
  ...fitted,
  objective: z.enum(distilObjectives),
  way: z.number(),
  gap: z.number(),
  sampleShare: optional(z.number()),
});

const trainedEpoch = fieldsOf<TrainedEpoch>({
  epoch: z.number(),
  loss: z.number(),
  metric: optional(z.number()),
});

const training = fieldsOf<TrainingRecord["training"]>({
  preset: z.string(),
  parameters: z.number(),
  length: z.number(),
  targets: z.number(),
  users: z.number(),
  items: z.number(),
  epochs: z.number(),
  bestEpoch: z.number(),
  curve: optional(z.array(trainedEpoch)),
  metric: optional(z.number()),
  chain: optional(z.strictObject({ weight: z.number(), window: z.number(), decay: z.number() })),
});

const policyDifference = fieldsOf<FindingsRecord["policyDifference"]>({
  ...difference,
  segments: z.array(segment),
});

const critic = fieldsOf<FindingsRecord["critic"]>(losses);

const calibration = fieldsOf<CalibrationRecord>({
  rows: z.number(),
  errorBefore: optional(z.number()),
  errorAfter: optional(z.number()),
  separation: optional(fieldsOf<SeparationRecord>(separation)),
});

const examination = fieldsOf<FindingsRecord["examination"]>({
  values: z.array(z.number()),
  standardErrors: z.array(z.number()),
});

/** The fields of a cycle's record that are measured while the policy is improved, or trained on events. */
export const improvementFields: Fields<
  Pick<
    CycleRecord,
    | "policyDifference"
    | "settings"
    | "discriminator"
    | "doubtfulItems"
    | "critic"
    | "calibration"
    | "examination"
    | "distillation"
    | "training"
  >
> = {
  policyDifference: optional(policyDifference),
  settings: optional(z.array(triedSetting)),
  discriminator: optional(discriminator),
  doubtfulItems: optional(z.array(doubtfulItem)),
  critic: optional(critic),
  calibration: optional(calibration),
  examination: optional(examination),
  distillation: optional(distillation),
  training: optional(training),
};
