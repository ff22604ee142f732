/** Reason why a row can't be used; readers turn it into a malformed row. */
export class RowProblem extends Error {}

const show = (value: unknown) =>
  value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value)).slice(0, 60);

export const fieldProblem = (
  field: string,
  expected: string,
  value: unknown,
  remedy: string,
): RowProblem => new RowProblem(`${field} must be ${expected}, got ${show(value)}; ${remedy}`);

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Numbers come as text from CSV, as BigInt from Parquet. NaN if there is none. */
function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "string" && decimal.test(value) ? Number(value) : Number.NaN;
}

/** r, finite. @throws RowProblem */
export function readReward(field: string, value: unknown): number {
  const reward = toNumber(value);
  if (Number.isFinite(reward)) return reward;
  throw fieldProblem(field, "a finite number", value, "leave out rows whose reward is not known");
}

/** p in (0, 1]. @throws RowProblem */
export function readPropensity(field: string, value: unknown): number {
  const propensity = toNumber(value);
  if (propensity > 0 && propensity <= 1) return propensity;
  throw fieldProblem(field, "in (0, 1]", value, "log the probability at decision time");
}

/** 0-based, counted from `first` in the file. @throws RowProblem */
export function readPosition(field: string, value: unknown, first: number): number {
  const position = toNumber(value) - first;
  if (Number.isSafeInteger(position) && position >= 0) return position;
  const expected = `an integer from ${first}`;
  throw fieldProblem(field, expected, value, "number the places of a slate in their order");
}

/** Ids may be numbers in the file. @throws RowProblem */
export function readId(field: string, value: unknown): string {
  const isId = typeof value === "string" || typeof value === "number" || typeof value === "bigint";
  const id = isId ? String(value) : "";
  if (id !== "") return id;
  throw fieldProblem(field, "an id", value, "give every row the id of the shown item");
}

/** Largest distance of a sum of probabilities from 1 that rounding explains. */
const sumTolerance = 1e-6;

/** Probabilities in [0, 1] that add up to 1. @throws RowProblem */
export function readDistribution(field: string, values: readonly unknown[]): readonly number[] {
  const remedy = "pass probabilities of all candidates that add up to 1";
  const probabilities = values.map(toNumber);
  const wrong = probabilities.findIndex((probability) => !(probability >= 0 && probability <= 1));
  if (wrong >= 0) throw fieldProblem(`${field}[${wrong}]`, "in [0, 1]", values[wrong], remedy);
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  if (Math.abs(sum - 1) <= sumTolerance) return probabilities;
  throw fieldProblem(field, "probabilities that add up to 1", sum, remedy);
}

/**
 * Probabilities are by candidate: a candidate that is named twice would get only a part of its own.
 * @throws RowProblem
 */
export function checkDistinct(field: string, candidates: readonly string[]): void {
  const had = new Set<string>();
  for (const candidate of candidates) {
    if (had.has(candidate))
      throw fieldProblem(field, "ids that differ", candidate, "name every candidate once");
    had.add(candidate);
  }
}

/** @throws RowProblem if the action is none of the candidates */
export function checkCandidate(field: string, action: string, candidates: readonly string[]): void {
  if (candidates.includes(action)) return;
  const expected = `one of the row's ${candidates.length} candidates`;
  throw fieldProblem(field, expected, action, "list every item that could have been chosen");
}
