import { isFirst } from "./judged-row.ts";
import { memoryHalfLives } from "./meta-settings.ts";
import { bootstraps, type ScoredRow } from "./row-scores.ts";

/** @throws RangeError if an array is not as long as the list that it describes */
export function expectLength(name: string, length: number | undefined, expected: number): void {
  if (length === expected) return;
  throw new RangeError(`${name} must have ${expected} entries, got ${length ?? "no array"}`);
}

/**
 * Log probabilities of each row's candidates. @throws RangeError if a row or a candidate has none
 */
export function checkLogs(
  name: string,
  logs: readonly Float64Array[],
  rows: readonly Pick<ScoredRow, "row">[],
): void {
  expectLength(name, logs.length, rows.length);
  for (let index = 0; index < rows.length; index++)
    expectLength(`${name}[${index}]`, logs[index]?.length, rows[index]!.row.candidates.length);
}

/**
 * Checks presence and lengths of all arrays that judge. Readers of checked rows need no defaults,
 * so a slip can't pass for a probability of 1.
 * @throws RangeError naming the array
 */
export function checkRows(rows: readonly ScoredRow[]): void {
  const heads = memoryHalfLives.length * bootstraps;
  for (const [index, { row, scores }] of rows.entries()) {
    const name = `rows[${index}]`;
    const { length: count } = row.candidates;
    if (!(Number.isInteger(row.action) && row.action >= 0 && row.action < count))
      throw new RangeError(`${name}.action must be one of ${count} candidates, got ${row.action}`);
    expectLength(`${name}.logPolicy`, scores.logPolicy?.length, count);
    expectLength(`${name}.discriminator`, scores.discriminator?.length, count);
    expectLength(`${name}.rewardHeads`, scores.rewardHeads?.length, heads);
    for (let head = 0; head < heads; head++) {
      const length = scores.rewardHeads[head]?.length;
      if (length === 1 && !isFirst(row)) continue;
      expectLength(`${name}.rewardHeads[${head}]`, length, count);
    }
  }
}
