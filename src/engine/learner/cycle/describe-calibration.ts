import type { CalibrationRecord } from "../../../domain/improvement-record.ts";
import { calibrateModel } from "../../../evaluation/model-calibration.ts";
import { rewardSeparation } from "../../../mpo/reward-separation.ts";
import type { ScoredRow } from "../../../mpo/row-scores.ts";
import { chosenMean, evenMemory } from "../../../mpo/row-scores.ts";

function calibrationError(rows: readonly ScoredRow[]): number {
  const rewards = Float64Array.from(rows, ({ row }) => row.reward);
  const predictions = Float64Array.from(rows, ({ row, scores }) =>
    chosenMean(scores, evenMemory, row.action),
  );
  return calibrateModel({ rewards, predictions }).calibrationError;
}

/**
 * @param raw out-of-fold scores; @param calibrated the same rows through a map that was fitted to the other half
 * @param unrewarded reward of a row without an event, in [0, 1]
 */
export function describeCalibration(
  raw: readonly ScoredRow[],
  calibrated: readonly ScoredRow[],
  unrewarded: number,
): CalibrationRecord {
  if (raw.length === 0) return { rows: 0 };
  const separation = rewardSeparation(raw, unrewarded);
  return {
    rows: raw.length,
    errorBefore: calibrationError(raw),
    errorAfter: calibrationError(calibrated),
    ...(separation && { separation }),
  };
}
