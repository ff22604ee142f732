import { EngineError } from "../../domain/errors.ts";
import {
  type ColumnNames,
  checkFileNames,
  checkOwnNames,
  describeMissing,
  type KnownColumns,
  listColumns,
} from "../../exchange/import/column-names.ts";
import { invalidFile } from "../../exchange/import/text-source.ts";
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

const openBandit: Columns = {
  format: "Open Bandit",
  action: "item_id",
  reward: "click",
  propensity: "propensity_score",
  position: "position",
  firstPosition: 1,
  user: "user_id",
  candidates: "candidates",
};

const own = ["itemId", "reward", "propensity", "position", "userId", "candidates"];
const ownColumns: KnownColumns = { names: own, has: (name) => own.includes(name) };

/** A table of our column names, apart from those that are called otherwise. */
function tableColumns(names: ColumnNames): Columns {
  const [action = "", reward = "", propensity = "", position = "", user = "", candidates = ""] =
    own.map((name) => names.get(name) ?? name);
  const columns = { action, reward, propensity, position, user, candidates };
  return { format: "table", ...columns, firstPosition: 0 };
}

const required = ({ action, reward, propensity }: Columns) => [action, reward, propensity];
const hasAll = (columns: Columns, header: readonly string[]) =>
  required(columns).every((name) => header.includes(name));

/**
 * The columns that a header names, each once.
 * @throws invalid_file naming those that are missing or repeated, with the remedy; invalid_request for a name that is none of ours
 */
export function findColumns(file: string, header: readonly string[], names: ColumnNames): Columns {
  const columns = chooseColumns(file, header, names);
  const { action, reward, propensity, position, user, candidates } = columns;
  const repeated = [action, reward, propensity, position, user, candidates].find(
    (name) => header.indexOf(name) !== header.lastIndexOf(name),
  );
  if (repeated === undefined) return columns;
  throw invalidFile(file, `repeats column '${repeated}'; keep one of them, or rename the others`);
}

function chooseColumns(file: string, header: readonly string[], names: ColumnNames): Columns {
  checkOwnNames(names, ownColumns);
  checkFileNames(file, names, header);
  if (names.size === 0 && hasAll(openBandit, header)) return openBandit;
  const columns = tableColumns(names);
  if (hasAll(columns, header)) return columns;
  if (names.size === 0) {
    const forms = [openBandit, columns].map((form) => required(form).join(", ")).join(" or ");
    const remedy = "name them with --columns itemId=<column>,reward=<column>,propensity=<column>";
    throw invalidFile(file, `has no columns ${forms}; it has ${listColumns(header)}; ${remedy}`);
  }
  const missing = required(columns).find((name) => !header.includes(name)) ?? "";
  throw invalidFile(file, describeMissing([missing, missing], header));
}

/** Of a log whose form names its fields itself. @throws invalid_request */
export function refuseNames(file: string, format: string, names: ColumnNames): void {
  if (names.size === 0) return;
  const message = `--columns is for tables, and ${file} is a ${format}; leave it out`;
  throw new EngineError("invalid_request", message, { details: { field: "columns" } });
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
