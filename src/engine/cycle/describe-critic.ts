import type { RewardRule, Scenario } from "../../domain/scenario.ts";
import { type DoubtfulItem, findDoubtfulItems } from "../../mpo/doubtful-items.ts";
import type { Improvement } from "../../mpo/improve.ts";
import { evenMemory } from "../../mpo/measure.ts";
import type { Separation } from "../../mpo/separation.ts";
import { isProven } from "../../mpo/separation.ts";

/** Nothing is known of an error of too few rows. */
const describeSeparation = ({ auc, standardError }: Separation) => ({
  auc,
  ...(Number.isFinite(standardError) && { standardError }),
});

/** Rewards in reward units. */
export type RecordedDoubtfulItem = DoubtfulItem;

function describeDoubtful(
  { prediction, reward, ...item }: DoubtfulItem,
  rule: RewardRule,
): RecordedDoubtfulItem {
  const toReward = (value: number) => rule.minimum + value * (rule.maximum - rule.minimum);
  return {
    ...item,
    prediction: toReward(prediction),
    ...(reward !== undefined && { reward: toReward(reward) }),
  };
}

/** What a cycle's record says of the critic and of what it lets the challengers do. */
export function describeCritic(
  improvement: Improvement,
  { slateSize, reward }: Scenario,
): Readonly<Record<string, unknown>> {
  const { separation, examination, criticLoss, calibration, judgement, challengers, gate } =
    improvement;
  const restraints = new Map(
    challengers.map(({ setting, restraint }) => [setting.name, restraint] as const),
  );
  const restrains = isProven(separation.heldOut);
  return {
    settings: judgement.settings.map((setting) => ({
      ...setting,
      restraint: restraints.get(setting.name),
    })),
    discriminator: {
      ...describeSeparation(separation.judged),
      heldOut: describeSeparation(separation.heldOut),
      slope: separation.heldOut.slope,
      restrains,
    },
    // A discriminator that is no better than chance accuses nobody.
    doubtfulItems: restrains
      ? findDoubtfulItems(gate.rows, evenMemory).map((item) => describeDoubtful(item, reward))
      : [],
    critic: { firstLoss: criticLoss[0], lastLoss: criticLoss[1] },
    calibration,
    examination: {
      values: examination.values.slice(0, slateSize),
      standardErrors: examination.standardErrors.slice(0, slateSize),
    },
  };
}
