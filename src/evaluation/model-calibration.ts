import { EngineError } from "../domain/errors.ts";

/** Rows with neighbouring predictions. */
export interface CalibrationBin {
  readonly rows: number;
  /** Mean q̂(x, a). */
  readonly prediction: number;
  /** Mean r. */
  readonly reward: number;
  /** Of the mean of r − q̂; infinite for one row. */
  readonly standardError: number;
}

export interface ModelCalibration {
  /** By rising prediction, of as equal sizes as can be. */
  readonly bins: readonly CalibrationBin[];
  /** Σ rows·|mean r − mean q̂| / n over the bins, reward units. */
  readonly calibrationError: number;
  /** Mean of r − q̂: the direct method's error if the target were the logging policy. */
  readonly meanResidual: number;
}

function describeBin(
  { rewards, predictions }: { rewards: Float64Array; predictions: Float64Array },
  rows: readonly number[],
): CalibrationBin {
  const average = (cell: (row: number) => number) =>
    rows.reduce((sum, row) => sum + cell(row), 0) / rows.length;
  const prediction = average((row) => predictions[row]!);
  const reward = average((row) => rewards[row]!);
  const variance = average((row) => (rewards[row]! - predictions[row]! - reward + prediction) ** 2);
  const standardError =
    rows.length < 2 ? Number.POSITIVE_INFINITY : Math.sqrt(variance / (rows.length - 1));
  return { rows: rows.length, prediction, reward, standardError };
}

function checkBins(bins: number): void {
  if (Number.isInteger(bins) && bins >= 1) return;
  throw new EngineError(
    "invalid_request",
    `bins must be an integer from 1, got ${bins}; 10 are usual`,
    { details: { field: "bins", value: bins } },
  );
}

/**
 * How well a reward model's predictions for the logged actions agree with their rewards: the
 * expected calibration error over bins of equal mass (Naeini, Cooper & Hauskrecht 2015). A model is
 * well calibrated on the log and may still be wrong for choices that are rare in the log.
 * @param feedback r and q̂(x, a) of n ≥ 1 rows, best from cross-fitting
 * @param options.bins default 10, at most n
 * @throws invalid_request for bins that are no integer from 1
 */
export function calibrateModel(
  feedback: { readonly rewards: Float64Array; readonly predictions: Float64Array },
  { bins: wanted = 10 }: { readonly bins?: number } = {},
): ModelCalibration {
  checkBins(wanted);
  const { rewards, predictions } = feedback;
  const order = [...rewards.keys()].sort((a, b) => predictions[a]! - predictions[b]! || a - b);
  const count = Math.min(wanted, order.length);
  const edge = (bin: number) => Math.round((bin * order.length) / count);
  const bins = Array.from({ length: count }, (_, bin) =>
    describeBin(feedback, order.slice(edge(bin), edge(bin + 1))),
  );
  const weighted = (gap: (bin: CalibrationBin) => number) =>
    bins.reduce((sum, bin) => sum + bin.rows * gap(bin), 0) / order.length;
  return {
    bins,
    calibrationError: weighted(({ reward, prediction }) => Math.abs(reward - prediction)),
    meanResidual: weighted(({ reward, prediction }) => reward - prediction),
  };
}
