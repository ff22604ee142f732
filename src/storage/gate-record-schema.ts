import { z } from "zod";
import { verdicts } from "../domain/cycle-outcome.ts";
import {
  type GateDifference,
  type GateLooks,
  type GateRecord,
  type GateStatistic,
  type GateStratum,
  type Guard,
  gateStatistics,
  type PredictedLift,
  type SelfCheck,
  type SlateDependence,
} from "../domain/gate-record.ts";
import { type Fields, fieldsOf, interval, optional } from "./record-schema.ts";

/** Text of before it was measured has none. */
const sharedError = z.number().default(0);

export const guard: z.ZodType<Guard> = fieldsOf<Guard>({
  name: z.string(),
  value: z.number(),
  limit: z.number(),
  passed: z.boolean(),
  metric: optional(
    z.strictObject({
      margin: z.number(),
      outcomes: z.number(),
      isDecided: z.boolean(),
      standardError: optional(z.number()),
      smallestMargin: optional(z.number()),
    }),
  ),
}).meta({ id: "Guard" });

const difference: Fields<GateDifference> = {
  difference: z.number(),
  standardError: z.number(),
  sharedError,
};
const withoutOneUser = optional(fieldsOf<GateDifference>(difference));

const statistic = fieldsOf<GateStatistic>({
  ...difference,
  interval,
  probabilityPositive: z.number(),
  servingValue: z.number(),
}).meta({ id: "GateStatistic" });

const selfCheck = fieldsOf<SelfCheck>({
  rows: z.number(),
  leftOut: z.number(),
  largestLogRatio: z.number(),
}).meta({ id: "SelfCheck" });

const stratum = fieldsOf<GateStratum>({
  policyVersion: optional(z.number()),
  rows: z.number(),
  weight: z.number(),
}).meta({ id: "GateStratum" });

const dependence = fieldsOf<SlateDependence>({
  rows: z.number(),
  z: z.number(),
  pValue: z.number(),
}).meta({ id: "SlateDependence" });

export const lift: Fields<PredictedLift> = {
  difference: optional(z.number()),
  interval: optional(interval),
  relativeLift: optional(z.number()),
  relativeInterval: optional(interval),
};
export const predicted: z.ZodType<PredictedLift> = fieldsOf<PredictedLift>(lift);

export const gateRecord: z.ZodType<GateRecord> = fieldsOf<GateRecord>({
  verdict: z.enum(verdicts),
  reason: z.string(),
  rows: z.number(),
  clusters: optional(z.number()),
  effectiveSampleShare: optional(z.number()),
  guards: z.array(guard),
  expected: optional(predicted),
  strata: optional(z.array(stratum)),
  dependence: optional(dependence),
  selfCheck: optional(selfCheck),
  statistic: optional(z.enum(gateStatistics)),
  looks: optional(z.number()),
  difference: optional(z.number()),
  standardError: optional(z.number()),
  sharedError: optional(z.number()),
  interval: optional(interval),
  probabilityPositive: optional(z.number()),
  relativeLift: optional(z.number()),
  withoutOneUser,
  predictedDifference: optional(z.number()),
  minimalDetectableDifference: optional(z.number()),
  doublyRobust: optional(statistic),
  censored: optional(statistic),
}).meta({ id: "GateRecord" });

export const gateLooks: z.ZodType<GateLooks> = fieldsOf<GateLooks>({
  looks: z.number(),
  ...difference,
  withoutOneUser,
});
