import type { Awaitable, ModelFamily } from "./family.ts";
import type { FoldedRow, JudgedRow } from "./judged-row.ts";
import type { ScoredRow } from "./row-scores.ts";

/** log π of each row's candidates under a policy as it serves. */
export const scoreServed = <Row extends FoldedRow, Policy>(
  family: Pick<ModelFamily<Row, Policy, never>, "scorePolicy" | "scoreServed">,
  policy: Policy,
  rows: readonly Row[],
): Awaitable<readonly Float64Array[]> => (family.scoreServed ?? family.scorePolicy)(policy, rows);

/** The same under the serving policy, whose own draws are known. */
export async function scoreServing<Row extends FoldedRow, Policy>(
  family: Pick<ModelFamily<Row, Policy, never>, "scorePolicy" | "scoreServed">,
  serving: Policy,
  rows: readonly Row[],
): Promise<readonly Float64Array[]> {
  const others = rows.filter(({ isOwnDraw }) => isOwnDraw !== true);
  const logs = await scoreServed(family, serving, others);
  let next = 0;
  return rows.map((row) => (row.isOwnDraw === true ? row.loggingLogs! : logs[next++]!));
}

/**
 * Scored rows with log π of the serving policy as it serves: the gate judges that, and not the policy that a fast loop corrects.
 * @param rows of the scored ones
 * @returns the same if policies serve as they are
 */
export async function asServed<Row extends FoldedRow, Policy>(
  family: Pick<ModelFamily<Row, Policy, never>, "scorePolicy" | "scoreServed">,
  serving: Policy,
  {
    rows,
    scored,
  }: { readonly rows: readonly Row[]; readonly scored: readonly ScoredRow<JudgedRow>[] },
): Promise<readonly ScoredRow<JudgedRow>[]> {
  if (family.scoreServed === undefined) return scored;
  const logs = await scoreServing(family, serving, rows);
  return scored.map(({ row, scores }, index) => ({
    row,
    scores: { ...scores, logPolicy: logs[index]! },
  }));
}
