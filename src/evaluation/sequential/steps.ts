import { EngineError } from "../../domain/errors.ts";
import { checkNumber } from "../checks.ts";

/**
 * Start rows of sequences in arrays that hold their steps one after another: sequence i has the
 * rows starts[i] to starts[i + 1] − 1. Length n + 1; the first entry is 0, the last the number of
 * rows.
 */
export type Starts = Int32Array;

/** @throws invalid_request unless starts climbs from 0 to the number of rows, each sequence with a step */
export function checkStarts(starts: Starts, rows: number): void {
  const climbs = starts.every((start, i) => i === 0 || start > starts[i - 1]!);
  if (starts.length >= 2 && starts[0] === 0 && starts.at(-1) === rows && climbs) return;
  throw new EngineError(
    "invalid_request",
    `starts must climb from 0 to the ${rows} rows, got [${starts.subarray(0, 3).join(", ")}, … ${starts.at(-1)}]; pass the first row of each sequence and then the number of rows`,
    { details: { field: "starts", rows } },
  );
}

/** Calls back with each row, its sequence and its 0-based step. */
export function forEachStep(
  starts: Starts,
  visit: (row: number, sequence: number, step: number) => void,
): void {
  for (let sequence = 0; sequence + 1 < starts.length; sequence++) {
    const first = starts[sequence]!;
    for (let row = first; row < starts[sequence + 1]!; row++) visit(row, sequence, row - first);
  }
}

/**
 * w_0·…·w_t of each row, the weight of a sequence up to there.
 * @throws invalid_request if a product overflows
 */
export function accumulateWeights(weights: Float64Array, starts: Starts): Float64Array {
  const products = new Float64Array(weights.length);
  forEachStep(starts, (row, _, step) => {
    products[row] = (step === 0 ? 1 : products[row - 1]!) * weights[row]!;
    checkNumber("product of weights", products[row]!, overflow, row);
  });
  return products;
}

const overflow = {
  low: 0,
  high: 1e200,
  expected: "at most 1e200",
  remedy: "leave out sequences with propensities near 0, or cut them shorter",
};

/**
 * w_0·…·w_{t−1} of each row, 1 at the first step: the weight of a value that is expected over the
 * action of step t.
 */
export function weightsBefore(products: Float64Array, starts: Starts): Float64Array {
  const before = new Float64Array(products.length);
  forEachStep(starts, (row, _, step) => {
    before[row] = step === 0 ? 1 : products[row - 1]!;
  });
  return before;
}

/** The value that each sequence has in its last row. */
export const lastOf = (values: Float64Array, starts: Starts): Float64Array =>
  Float64Array.from({ length: starts.length - 1 }, (_, i) => values[starts[i + 1]! - 1]!);

/** Σ_t γ^t·v_t of each sequence. */
export function sumSteps(values: Float64Array, starts: Starts, discount = 1): Float64Array {
  const sums = new Float64Array(starts.length - 1);
  forEachStep(starts, (row, sequence, step) => {
    sums[sequence]! += discount ** step * values[row]!;
  });
  return sums;
}

/** Each sequence as a single step. */
export const wholeSequences = (starts: Starts): Starts => starts.map((_, i) => i);
