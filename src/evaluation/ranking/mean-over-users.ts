import type { MeanOverUsers } from "../../domain/first-slates.ts";
/** @throws RangeError for fewer than two users, whose mean has no standard error */
export function assertUsers(count: number): void {
  if (count < 2) throw new RangeError(`at least two users must be held out, got ${count}`);
}

/** @param values one of each user @throws RangeError for fewer than two */
export function meanOverUsers(values: readonly number[]): MeanOverUsers {
  const count = values.length;
  assertUsers(count);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (count - 1) / count) };
}
