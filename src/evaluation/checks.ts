import { EngineError } from "../domain/errors.ts";

export interface AllowedRange {
  readonly low: number;
  readonly high: number;
  /** The range in words, for the message. */
  readonly expected: string;
  /** Remedy for a value outside it. */
  readonly remedy: string;
}

/** Probabilities that a float32 network adds up may exceed 1 by rounding. */
export const highestProbability: number = 1 + 1e-6;

/** @throws invalid_request for a value outside the range; NaN is outside every range */
export function checkNumber(field: string, value: number, range: AllowedRange, row?: number): void {
  if (value >= range.low && value <= range.high) return;
  const place = row === undefined ? "" : ` at row ${row}`;
  throw new EngineError(
    "invalid_request",
    `${field} must be ${range.expected}, got ${value}${place}; ${range.remedy}`,
    { details: { field, value, ...(row !== undefined && { row }) } },
  );
}

/** @throws invalid_request naming the first row outside the range */
export function checkNumbers(field: string, values: Float64Array, range: AllowedRange): void {
  const { low, high } = range;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (!(value >= low && value <= high)) checkNumber(field, value, range, row);
  }
}

/** Place of the first value below 0, −1 if there is none. */
export function findNegative(values: Float64Array): number {
  for (let row = 0; row < values.length; row++) if (values[row]! < 0) return row;
  return -1;
}

/** @param of name of the things that each need one value. @throws invalid_request */
export function checkLength(field: string, length: number, rows: number, of = "rewards"): void {
  if (length === rows) return;
  throw new EngineError(
    "invalid_request",
    `${field} must have one entry for each of the ${rows} ${of}, got ${length}; pass arrays of the same rows`,
    { details: { field, value: length, rows } },
  );
}

/**
 * Largest |log| of the ratio of a propensity and the same derived anew that rounding explains. Scores are float32, with another
 * order of their sums in serving and learning: measured up to 2e-6. Machines may differ more; a change of 0.1 % biases a weight by
 * no more than that.
 */
export const largestRounding = 1e-3;
