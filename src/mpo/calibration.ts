import { logistic, logitWithin } from "../numeric/logistic.ts";
import { isFirst, type JudgedRow } from "./judged-row.ts";
import type { ScoredRow } from "./row-scores.ts";
import { bootstraps, chosenOf } from "./row-scores.ts";

/** q ↦ σ(intercept + slope·(logit q − centre)): rising, so that it never changes the order of a head's candidates. */
export interface CalibrationMap {
  /** At least `smallestSlope`. */
  readonly slope: number;
  readonly intercept: number;
  /** Mean logit of the predictions that it was fitted to. */
  readonly centre: number;
}

/** Standard deviations of the Gaussian prior around the identity: with little feedback the map hardly leaves it. */
const slopeDeviation = 0.5;
const interceptDeviation = 1;
const smallestSlope = 0.05;
const smallestProbability = 1e-6;
const logit = logitWithin(smallestProbability);
const newtonSteps = 30;
const converged = 1e-9;

export const calibrate = ({ slope, intercept, centre }: CalibrationMap, q: number): number =>
  logistic(intercept + slope * (logit(q) - centre));

/** Newton's step on the penalised cross-entropy, which is strictly convex. */
function newtonStep(
  { slope, intercept, centre }: CalibrationMap,
  logits: Float64Array,
  rewards: Float64Array,
): CalibrationMap {
  let slopeGradient = (slope - 1) / slopeDeviation ** 2;
  let interceptGradient = (intercept - centre) / interceptDeviation ** 2;
  let slopeCurvature = 1 / slopeDeviation ** 2;
  let interceptCurvature = 1 / interceptDeviation ** 2;
  let mixed = 0;
  for (const [index, value] of logits.entries()) {
    const x = value - centre;
    const probability = logistic(intercept + slope * x);
    const residual = probability - rewards[index]!;
    const weight = probability * (1 - probability);
    slopeGradient += residual * x;
    interceptGradient += residual;
    slopeCurvature += weight * x * x;
    interceptCurvature += weight;
    mixed += weight * x;
  }
  const determinant = slopeCurvature * interceptCurvature - mixed * mixed;
  const slopeStep = (interceptCurvature * slopeGradient - mixed * interceptGradient) / determinant;
  const interceptStep = (slopeCurvature * interceptGradient - mixed * slopeGradient) / determinant;
  // A step of at most one keeps Newton from overshooting if the predictions are far off.
  const length = Math.max(1, Math.abs(slopeStep), Math.abs(interceptStep));
  return {
    slope: Math.max(smallestSlope, slope - slopeStep / length),
    intercept: intercept - interceptStep / length,
    centre,
  };
}

/**
 * Platt scaling (Platt 1999) with a prior around the identity: the maximum a posteriori of slope and intercept under the
 * cross-entropy of rewards in [0, 1]. Without rows it is the identity.
 * @param predictions q in [0, 1], of a model that was trained on none of the rewards
 */
export function fitCalibration(predictions: Float64Array, rewards: Float64Array): CalibrationMap {
  const logits = predictions.map(logit);
  const centre = logits.reduce((sum, value) => sum + value, 0) / Math.max(1, logits.length);
  let map: CalibrationMap = { slope: 1, intercept: centre, centre };
  for (let step = 0; step < newtonSteps; step++) {
    const next = newtonStep(map, logits, rewards);
    const moved = Math.abs(next.slope - map.slope) + Math.abs(next.intercept - map.intercept);
    map = next;
    if (moved < converged) break;
  }
  return map;
}

/** A map for each memory length, from the mean of its bootstraps at the logged actions of rows that the critic has not seen. */
export function fitMemoryMaps(
  rows: readonly ScoredRow<JudgedRow>[],
  memories: number,
): CalibrationMap[] {
  const rewards = Float64Array.from(rows, ({ row }) => row.reward);
  return Array.from({ length: memories }, (_, memory) => {
    const predictions = Float64Array.from(rows, ({ row, scores }) => {
      const heads = scores.rewardHeads.slice(memory * bootstraps, (memory + 1) * bootstraps);
      return heads.reduce((sum, head) => sum + chosenOf(head, row.action), 0) / bootstraps;
    });
    return fitCalibration(predictions, rewards);
  });
}

/** Of the rows below the first one of a slate only the logged choice is left. */
function calibrateHead(row: JudgedRow, head: Float64Array, map: CalibrationMap): Float64Array {
  if (isFirst(row)) return head.map((q) => calibrate(map, q));
  return Float64Array.of(calibrate(map, chosenOf(head, row.action)));
}

/** The rows with every reward head put through the map of its memory, and D times its slope. */
export const calibrateRows = <Row extends JudgedRow>(
  rows: readonly ScoredRow<Row>[],
  maps: readonly CalibrationMap[],
  discriminatorSlope: number,
): ScoredRow<Row>[] =>
  rows.map(({ row, scores }) => ({
    row,
    scores: {
      ...scores,
      discriminator: scores.discriminator.map((logit) => discriminatorSlope * logit),
      rewardHeads: scores.rewardHeads.map((head, index) =>
        calibrateHead(row, head, maps[Math.floor(index / bootstraps)]!),
      ),
    },
  }));
