import { EngineError } from "../../domain/errors.ts";

/** Seeds are unsigned 32-bit integers. */
export const seedRange: OptionRange = { minimum: 0, maximum: 4294967295 };

export interface OptionRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** @throws EngineError `invalid_configuration` */
export function checkInteger(
  field: string,
  value: number,
  { minimum, maximum }: OptionRange,
): void {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return;
  throw new EngineError(
    "invalid_configuration",
    `${field} must be an integer from ${minimum} to ${maximum}, got ${value}; correct the world's option '${field}'`,
    { details: { field, value, minimum, maximum } },
  );
}

/** @throws RangeError: visits are numbered by the caller's own loop */
export function assertTurn(turn: number): void {
  if (!Number.isSafeInteger(turn) || turn < 0) {
    throw new RangeError(`turn must be an integer of at least 0, got ${turn}`);
  }
}
