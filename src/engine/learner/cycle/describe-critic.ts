import type { FindingsRecord } from "../../../domain/cycle-record.ts";
import type {
  DoubtfulItem,
  Restraint,
  SeparationRecord,
  TriedSetting,
} from "../../../domain/improvement-record.ts";
import { normaliseReward, toRewardUnits } from "../../../domain/reward-rule.ts";
import type { RewardRule, Scenario } from "../../../domain/scenario.ts";
import type { NetworkImprovement } from "../../../learning/network-family.ts";
import { findDoubtfulItems } from "../../../mpo/doubtful-items.ts";
import type { JudgedSetting } from "../../../mpo/judge.ts";
import { evenMemory } from "../../../mpo/row-scores.ts";
import { discriminatorSeparation, isProven, type Separation } from "../../../mpo/separation.ts";
import { describeCalibration } from "./describe-calibration.ts";

type CriticRecord = Pick<
  FindingsRecord,
  "settings" | "discriminator" | "doubtfulItems" | "critic" | "calibration" | "examination"
>;

/** Nothing is known of an error of too few rows. */
const describeSeparation = ({ auc, standardError }: Separation): SeparationRecord => ({
  auc,
  ...(Number.isFinite(standardError) && { standardError }),
});

/** JSON has no infinity. */
const finiteOrNull = (value: number) => (Number.isFinite(value) ? value : null);

const describeSetting = (
  setting: JudgedSetting,
  restraint: Restraint | undefined,
): TriedSetting => ({
  ...setting,
  standardError: finiteOrNull(setting.standardError),
  sharedError: finiteOrNull(setting.sharedError),
  ...(restraint && { restraint }),
});

/** In reward units. */
function describeDoubtful(
  { prediction, reward, ...item }: DoubtfulItem,
  rule: RewardRule,
): DoubtfulItem {
  return {
    ...item,
    prediction: toRewardUnits(prediction, rule),
    ...(reward !== undefined && { reward: toRewardUnits(reward, rule) }),
  };
}

/** The part of a cycle's record about the critic and the restraint of challengers. */
export function describeCritic(
  improvement: NetworkImprovement,
  { slateSize, reward }: Scenario,
): CriticRecord {
  const { fit, judgement, challengers, raw, calibrated, rows } = improvement;
  const { examination, firstLoss, lastLoss, separation } = fit.training;
  const restraints = new Map(
    challengers.map(({ setting, restraint }) => [setting.name, restraint] as const),
  );
  const restrains = isProven(separation);
  return {
    settings: judgement.settings.map((setting) =>
      describeSetting(setting, restraints.get(setting.name)),
    ),
    discriminator: {
      ...describeSeparation(discriminatorSeparation(calibrated)),
      heldOut: describeSeparation(separation),
      slope: separation.slope,
      restrains,
    },
    // A discriminator that is no better than chance marks no item.
    doubtfulItems: restrains
      ? findDoubtfulItems(rows, evenMemory).map((item) => describeDoubtful(item, reward))
      : [],
    critic: { firstLoss, lastLoss },
    calibration: describeCalibration(raw, calibrated, normaliseReward(undefined, reward)),
    examination: {
      values: examination.values.slice(0, slateSize),
      standardErrors: examination.standardErrors.slice(0, slateSize),
    },
  };
}
