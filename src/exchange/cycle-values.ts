import type { Cycle } from "../domain/cycle.ts";
import type { CycleRecord } from "../domain/cycle-record.ts";
import type { GateRecord, PredictedLift } from "../domain/gate-record.ts";
import type { TriedSetting } from "../domain/improvement-record.ts";
import type { EventValue } from "./tensorboard/event-file.ts";

/** Values after an epoch. */
export interface EpochValues {
  readonly epoch: number;
  readonly values: readonly EventValue[];
}

type Numbers = Readonly<Record<string, number | undefined>>;

/** A value that is missing or not finite is no point of a curve. */
const scalars = (group: string, numbers: Numbers): EventValue[] =>
  Object.entries(numbers).flatMap(([name, scalar]) =>
    scalar === undefined || !Number.isFinite(scalar) ? [] : [{ tag: `${group}/${name}`, scalar }],
  );

const lift = ({ difference, interval, relativeLift }: PredictedLift): Numbers => ({
  difference,
  lower: interval?.[0],
  upper: interval?.[1],
  relative_lift: relativeLift,
});

const gateValues = (gate: GateRecord): EventValue[] => [
  ...scalars("gate", {
    ...lift(gate),
    rows: gate.rows,
    users: gate.clusters,
    probability_of_a_gain: gate.probabilityPositive,
    effective_sample_share: gate.effectiveSampleShare,
    expected_lift: gate.expected?.relativeLift,
  }),
  ...gate.guards.flatMap(({ name, value, passed }) =>
    scalars("guards", { [name]: value, [`${name}, passed`]: passed ? 1 : 0 }),
  ),
];

const perSecond = (stages: Readonly<Record<string, number>> = {}): Numbers =>
  Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [stage, ms / 1000]));

function differenceValues({ policyDifference }: CycleRecord): EventValue[] {
  if (policyDifference === undefined) return [];
  const { mean, p05, p50, p95, max, histogram } = policyDifference;
  return [
    ...scalars("policy_difference", { mean, p05, p50, p95, max }),
    ...(histogram
      ? [{ tag: "policy_difference/distribution", histogram: { ...histogram, mean } }]
      : []),
  ];
}

const learningValues = (record: CycleRecord): EventValue[] => [
  ...scalars("critic", {
    first_loss: record.critic?.firstLoss,
    last_loss: record.critic?.lastLoss,
  }),
  ...scalars("calibration", {
    error_before: record.calibration?.errorBefore,
    error_after: record.calibration?.errorAfter,
    auc: record.calibration?.separation?.auc,
  }),
  ...scalars("discriminator", {
    auc: record.discriminator?.auc,
    slope: record.discriminator?.slope,
  }),
  ...scalars("distillation", {
    first_loss: record.distillation?.firstLoss,
    last_loss: record.distillation?.lastLoss,
    kl_to_the_target: record.distillation?.way,
    kl_left: record.distillation?.gap,
  }),
  ...scalars("exploration", { floor: record.exploration }),
  ...(record.examination?.values ?? []).flatMap((value, position) =>
    scalars("examination", { [`position ${position}`]: value }),
  ),
];

const liveValues = ({ promotion, canary, anchor }: CycleRecord): EventValue[] => [
  ...scalars("live_promotion", promotion ? lift(promotion) : {}),
  ...scalars("live_canary", canary ? lift(canary) : {}),
  ...scalars("live_anchor", anchor ? lift(anchor) : {}),
];

const trainingValues = ({ training, slates }: CycleRecord): EventValue[] => [
  ...scalars("training", {
    ndcg: training?.metric,
    parameters: training?.parameters,
    best_epoch: training?.bestEpoch,
    chain_weight: training?.chain?.weight,
  }),
  ...scalars("first_slates", {
    served: slates?.network.served.mean,
    sorted: slates?.network.sorted.mean,
    served_of_popularity: slates?.popularity.served.mean,
    effective_choices: slates?.network.effectiveChoices,
    temperature: slates?.temperature,
  }),
];

/** Points of a training's own curves, by epoch. */
export const epochValues = ({ training }: CycleRecord): readonly EpochValues[] =>
  (training?.curve ?? []).map(({ epoch, loss, metric }) => ({
    epoch,
    values: scalars("epoch", { loss, ndcg: metric }),
  }));

const encoderValues = ({ encoderWatch: watch }: CycleRecord): EventValue[] =>
  scalars("encoder", {
    new_events: watch?.newEvents,
    known_events: watch?.knownEvents,
    loss_now: watch?.loss?.now.mean,
    loss_before: watch?.loss?.before.mean,
  });

/** The curves that a cycle adds a point to, its Δ as a histogram, and its outcome as a text. */
export function cycleValues({ outcome, reason, policyVersion, record }: Cycle): EventValue[] {
  const { evaluation, feedback } = record;
  return [
    ...scalars("serving", {
      mean_reward: evaluation?.meanReward,
      success_rate: evaluation?.successRate,
      baseline_mean_reward: evaluation?.baselineMeanReward,
      policy_version: policyVersion,
    }),
    ...(record.gate ? gateValues(record.gate) : []),
    ...differenceValues(record),
    ...learningValues(record),
    ...liveValues(record),
    ...trainingValues(record),
    ...encoderValues(record),
    ...scalars("feedback", {
      decisions: feedback?.decisions,
      new_decisions: feedback?.newDecisions,
      rows: feedback?.rows,
      judged: feedback?.judged,
      users: feedback?.users,
      outdated: feedback?.outdated,
    }),
    ...scalars("seconds", perSecond(record.stageMs)),
    ...scalars("cpu_seconds", perSecond(record.stageCpuMs)),
    ...scalars("peak_mib", record.stagePeakMiB ?? {}),
    { tag: "outcome", text: reason === "" ? outcome : `**${outcome}**: ${reason}` },
  ];
}

/** ω as hyperparameters. */
export const settingNumbers = ({ memory, ...setting }: TriedSetting): Record<string, number> => ({
  kl_radius: setting.klRadius,
  pessimism: setting.pessimism,
  discriminator: setting.discriminator,
  proximity: setting.proximity,
  ...Object.fromEntries(memory.map((weight, index) => [`memory_${index}`, weight])),
});

/** How the challenger of a setting was judged. */
export const settingValues = ({ kl, difference, z, weight }: TriedSetting): EventValue[] =>
  scalars("judged", { kl, difference, z, weight });
