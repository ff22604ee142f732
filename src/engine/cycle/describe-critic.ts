import type { Separation } from "../../learning/separation.ts";
import { isProven } from "../../learning/separation.ts";
import type { Improvement } from "./improve.ts";

/** Nothing is known of an error of too few rows. */
const describeSeparation = ({ auc, standardError }: Separation) => ({
  auc,
  ...(Number.isFinite(standardError) && { standardError }),
});

/** What a cycle's record says of the critic and of what it lets the challengers do. */
export function describeCritic(improvement: Improvement, slateSize: number) {
  const { separation, examination, criticLoss, calibration, judgement, challengers } = improvement;
  const restraints = new Map(
    challengers.map(({ setting, restraint }) => [setting.name, restraint] as const),
  );
  return {
    settings: judgement.settings.map((setting) => ({
      ...setting,
      restraint: restraints.get(setting.name),
    })),
    discriminator: {
      ...describeSeparation(separation.judged),
      heldOut: describeSeparation(separation.heldOut),
      restrains: isProven(separation.heldOut),
    },
    critic: { firstLoss: criticLoss[0], lastLoss: criticLoss[1] },
    calibration,
    examination: {
      values: examination.values.slice(0, slateSize),
      standardErrors: examination.standardErrors.slice(0, slateSize),
    },
  };
}
