import { EngineError } from "../domain/errors.ts";
import { checkLength } from "./checks.ts";
import type { TargetArrays } from "./logged-feedback.ts";

/** A target policy, and a reward model if there is one, over the same actions in every row. */
export interface TargetDistributions {
  /** π(a|x): rows × actions, a row after the other. Each row is ≥ 0 and sums to one. */
  readonly probabilities: Float64Array;
  /** q̂(x, a), of the same shape. */
  readonly predictions?: Float64Array;
}

/** Largest distance of a row's sum from 1: float32 networks round. */
const sumTolerance = 1e-5;

function refuse(field: string, expected: string, value: number, row?: number): never {
  const place = row === undefined ? "" : ` at row ${row}`;
  throw new EngineError("invalid_request", `${field} must ${expected}, got ${value}${place}`, {
    details: { field, value, ...(row !== undefined && { row }) },
  });
}

/**
 * @returns number of actions of a row
 * @throws invalid_request for a length that is no multiple of the rows, or an unknown action
 */
function checkActions(actions: Int32Array, probabilities: Float64Array): number {
  const count = probabilities.length / actions.length;
  if (!(count >= 1 && Number.isInteger(count))) {
    refuse(
      "probabilities",
      "hold as many actions for each of the rows; pass rows × actions",
      probabilities.length,
    );
  }
  for (let row = 0; row < actions.length; row++) {
    const action = actions[row]!;
    if (!(action >= 0 && action < count)) {
      refuse("actions", `be an index below ${count}; number the actions from 0`, action, row);
    }
  }
  return count;
}

/**
 * Checks distributions and takes the estimators' inputs out of them: π(a|x) and q̂(x, a) of the
 * logged action, and Σ_a π(a|x)·q̂(x, a).
 * @param actions the logged action of each row, 0-based
 * @throws invalid_request for shapes that differ, an unknown action, a row that is negative, NaN or
 * doesn't sum to one
 *
 * @example
 * import { gatherTarget } from "recurve/evaluation";
 *
 * const probabilities = Float64Array.of(0.8, 0.2, 0.5, 0.5); // two rows of two actions
 * console.log([...gatherTarget(Int32Array.of(0, 1), { probabilities }).targetProbabilities]); // [ 0.8, 0.5 ]
 */
export function gatherTarget(
  actions: Int32Array,
  { probabilities, predictions }: TargetDistributions,
): TargetArrays {
  const count = checkActions(actions, probabilities);
  if (predictions) checkLength("predictions", predictions.length, probabilities.length);
  const rows = actions.length;
  const targetProbabilities = new Float64Array(rows);
  const logged = new Float64Array(predictions ? rows : 0);
  const directValues = new Float64Array(logged.length);
  // Row by row, while its numbers are in the processor's cache: the tables are larger than any.
  for (let row = 0; row < rows; row++) {
    const start = row * count;
    const end = start + count;
    targetProbabilities[row] = probabilities[start + actions[row]!]!;
    if (predictions !== undefined) {
      logged[row] = predictions[start + actions[row]!]!;
      directValues[row] = expectPrediction(probabilities, predictions, start, end);
      if (!Number.isNaN(directValues[row]!)) continue;
    }
    const sum = sumProbabilities(probabilities, start, end);
    if (!isOne(sum)) refuseRow("probabilities", sum, row);
  }
  return predictions
    ? { targetProbabilities, predictions: logged, directValues }
    : { targetProbabilities };
}

/** @throws invalid_request naming the first row that is no distribution */
export function checkDistributions(
  field: string,
  probabilities: Float64Array,
  count: number,
): void {
  for (let row = 0, start = 0; start < probabilities.length; row++, start += count) {
    const sum = sumProbabilities(probabilities, start, start + count);
    if (!isOne(sum)) refuseRow(field, sum, row);
  }
}

/** False for NaN as well. */
const isOne = (sum: number): boolean => Math.abs(sum - 1) <= sumTolerance;

const refuseRow = (field: string, sum: number, row: number): never =>
  refuse(field, "be ≥ 0 and sum to one; normalise each row", sum, row);

/** Σ in four chains, since one would wait for each addition; NaN if a probability is negative. */
function sumProbabilities(values: Float64Array, start: number, end: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let index = start;
  for (; index + 3 < end; index += 4) {
    const a = values[index]!;
    const b = values[index + 1]!;
    const c = values[index + 2]!;
    const d = values[index + 3]!;
    if (a < 0 || b < 0 || c < 0 || d < 0) return Number.NaN;
    first += a;
    second += b;
    third += c;
    fourth += d;
  }
  for (; index < end; index++) {
    if (values[index]! < 0) return Number.NaN;
    first += values[index]!;
  }
  return first + second + (third + fourth);
}

/**
 * Σ_a π(a|x)·q̂(x, a) of the cells in [start, end), NaN if π is no distribution: both in one pass,
 * since each cell is read from memory. Without a negative probability the sum of their magnitudes
 * is the same additions, so the same number; a negative one that rounding hides passes.
 */
function expectPrediction(
  probabilities: Float64Array,
  predictions: Float64Array,
  start: number,
  end: number,
): number {
  let sum = 0;
  let magnitude = 0;
  let value = 0;
  let index = start;
  for (; index + 3 < end; index += 4) {
    const a = probabilities[index]!;
    const b = probabilities[index + 1]!;
    const c = probabilities[index + 2]!;
    const d = probabilities[index + 3]!;
    sum += a + b + (c + d);
    magnitude += Math.abs(a) + Math.abs(b) + (Math.abs(c) + Math.abs(d));
    value +=
      a * predictions[index]! +
      b * predictions[index + 1]! +
      (c * predictions[index + 2]! + d * predictions[index + 3]!);
  }
  for (; index < end; index++) {
    sum += probabilities[index]!;
    magnitude += Math.abs(probabilities[index]!);
    value += probabilities[index]! * predictions[index]!;
  }
  return sum === magnitude && isOne(sum) ? value : Number.NaN;
}
