import { EngineError } from "../domain/errors.ts";
import { checkLength } from "./checks.ts";
import type { TargetArrays } from "./logged-feedback.ts";

/** A target policy, and a reward model where there is one, over the same actions in every row. */
export interface TargetDistributions {
  /** π(a|x): rows × actions, a row after the other. Each row is ≥ 0 and sums to one. */
  readonly probabilities: Float64Array;
  /** q̂(x, a), of the same shape. */
  readonly predictions?: Float64Array;
}

/** How far from 1 a row may sum: float32 networks round. */
const sumTolerance = 1e-5;

function refuse(field: string, expected: string, value: number, row?: number): never {
  const place = row === undefined ? "" : ` at row ${row}`;
  throw new EngineError("invalid_request", `${field} must ${expected}, got ${value}${place}`, {
    details: { field, value, ...(row !== undefined && { row }) },
  });
}

/** @returns how many actions a row has @throws invalid_request for a length that is no multiple of the rows, or an action that is none */
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
 * Checks distributions and takes out of them what estimators need: π(a|x) and q̂(x, a) of the logged action, and Σ_a π(a|x)·q̂(x, a).
 * @param actions the logged action of each row, 0-based
 * @throws invalid_request for shapes that differ, an action that is none, a row that is negative, NaN or doesn't sum to one
 */
export function gatherTarget(
  actions: Int32Array,
  { probabilities, predictions }: TargetDistributions,
): TargetArrays {
  const count = checkActions(actions, probabilities);
  checkDistributions("probabilities", probabilities, count);
  const targetProbabilities = gather(probabilities, actions, count);
  if (predictions === undefined) return { targetProbabilities };
  checkLength("predictions", predictions.length, probabilities.length);
  return {
    targetProbabilities,
    predictions: gather(predictions, actions, count),
    directValues: sumProducts(probabilities, predictions, count),
  };
}

/** @throws invalid_request naming the first row that is no distribution */
export function checkDistributions(
  field: string,
  probabilities: Float64Array,
  count: number,
): void {
  for (let start = 0, row = 0; start < probabilities.length; start += count, row++) {
    const sum = sumProbabilities(probabilities, start, start + count);
    // A NaN fails as well: the comparison is false.
    if (Math.abs(sum - 1) <= sumTolerance) continue;
    refuse(field, "be ≥ 0 and sum to one; normalise each row", sum, row);
  }
}

/** Σ in four chains, since one would wait for each addition; NaN where a probability is negative. */
function sumProbabilities(values: Float64Array, start: number, end: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let least = 0;
  let index = start;
  for (; index + 3 < end; index += 4) {
    const first = values[index]!;
    const second = values[index + 1]!;
    const third = values[index + 2]!;
    const fourth = values[index + 3]!;
    if (first < 0 || second < 0 || third < 0 || fourth < 0) return Number.NaN;
    a += first;
    b += second;
    c += third;
    d += fourth;
  }
  for (; index < end; index++) {
    if (values[index]! < 0) return Number.NaN;
    least += values[index]!;
  }
  return a + b + (c + d) + least;
}

function gather(table: Float64Array, actions: Int32Array, count: number): Float64Array {
  const gathered = new Float64Array(actions.length);
  for (let row = 0; row < gathered.length; row++)
    gathered[row] = table[row * count + actions[row]!]!;
  return gathered;
}

/** Σ_a of each row. */
function sumProducts(first: Float64Array, second: Float64Array, count: number): Float64Array {
  const sums = new Float64Array(first.length / count);
  for (let row = 0, index = 0; row < sums.length; row++) {
    let even = 0;
    let odd = 0;
    const end = index + count;
    for (; index + 1 < end; index += 2) {
      even += first[index]! * second[index]!;
      odd += first[index + 1]! * second[index + 1]!;
    }
    if (index < end) even += first[index]! * second[index++]!;
    sums[row] = even + odd;
  }
  return sums;
}
