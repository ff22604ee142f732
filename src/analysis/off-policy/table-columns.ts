import type { LogRow } from "./decision-log.ts";
import {
  checkCandidate,
  checkDistinct,
  readId,
  readPosition,
  readPropensity,
  readReward,
} from "./row-fields.ts";

/** How a table with a row for each choice names its columns. */
export interface Columns {
  readonly format: string;
  readonly action: string;
  readonly reward: string;
  readonly propensity: string;
  readonly position: string;
  readonly firstPosition: number;
  readonly user: string;
  readonly candidates: string;
}

const known: readonly Columns[] = [
  {
    format: "Open Bandit",
    action: "item_id",
    reward: "click",
    propensity: "propensity_score",
    position: "position",
    firstPosition: 1,
    user: "user_id",
    candidates: "candidates",
  },
  {
    format: "table",
    action: "itemId",
    reward: "reward",
    propensity: "propensity",
    position: "position",
    firstPosition: 0,
    user: "userId",
    candidates: "candidates",
  },
];

const required = ({ action, reward, propensity }: Columns) => [action, reward, propensity];

/** The columns that a header names, or the problem with it. */
export function findColumns(header: readonly string[]): Columns | string {
  const found = known.find((columns) => required(columns).every((name) => header.includes(name)));
  if (found !== undefined) return found;
  const expected = known.map((columns) => required(columns).join(", ")).join(" or ");
  return `has no columns ${expected}; it has ${header.slice(0, 12).join(", ") || "none"}`;
}

/** In CSV item ids between bars, in Parquet a list. @throws RowProblem */
function readCandidates(field: string, value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const ids: readonly unknown[] = Array.isArray(value) ? value : String(value).split("|");
  const candidates = ids.map((id) => readId(field, id));
  checkDistinct(field, candidates);
  return candidates;
}

const isAbsent = (value: unknown) => value === undefined || value === null || value === "";

/** @param row values by column name @throws RowProblem */
export function readTableRow(
  columns: Columns,
  row: Readonly<Record<string, unknown>>,
  { line, actions }: { readonly line: number; readonly actions: readonly string[] | undefined },
): LogRow {
  const action = readId(columns.action, row[columns.action]);
  const candidates = readCandidates(columns.candidates, row[columns.candidates]) ?? actions;
  if (candidates !== undefined) checkCandidate(columns.action, action, candidates);
  const position = row[columns.position];
  const user = row[columns.user];
  return {
    line,
    action,
    reward: readReward(columns.reward, row[columns.reward]),
    propensity: readPropensity(columns.propensity, row[columns.propensity]),
    position: isAbsent(position)
      ? 0
      : readPosition(columns.position, position, columns.firstPosition),
    ...(candidates !== undefined && { candidates }),
    ...(!isAbsent(user) && { user: readId(columns.user, user) }),
  };
}
