import { EngineError } from "../../domain/errors.ts";
import type { DecisionLog, LogRow, MalformedRow } from "./decision-log.ts";
import { createRewardTable, foldOf, type RewardTable } from "./reward-table.ts";

/** Malformed rows that a message names; the rest are counted. */
const listedRows = 20;

/** Findings of the first reading of a log. */
export interface LogSummary {
  readonly rows: number;
  readonly positions: number;
  /** Every action that the log names, or the file beside it. */
  readonly actions: readonly string[];
  readonly table: RewardTable;
}

function refuse(file: string, malformed: readonly MalformedRow[], count: number): EngineError {
  const lines = malformed.map(({ line, problem }) => `  ${file}:${line}: ${problem}`);
  const more = count - malformed.length;
  const text = [
    `${file} has ${count === 1 ? "a malformed row" : `${count} malformed rows`}; fix or remove these rows`,
    ...lines,
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ].join("\n");
  return new EngineError("invalid_file", text, { details: { file, rows: malformed, count } });
}

/** One scenario has one unit of reward. @throws invalid_file at the first row of another */
function checkScenario(file: string, first: LogRow | undefined, row: LogRow): void {
  const expected = first?.decision?.scenario;
  const scenario = row.decision?.scenario;
  if (first === undefined || scenario === expected) return;
  const problem = `scenario must be '${expected}' as in the rows before, got '${scenario}'; export one scenario a file`;
  throw refuse(file, [{ line: row.line, problem }], 1);
}

/** @throws invalid_file naming the malformed rows */
export async function summariseLog(log: DecisionLog): Promise<LogSummary> {
  const table = createRewardTable();
  const actions = new Set(log.actions);
  const malformed: MalformedRow[] = [];
  let malformedCount = 0;
  let rows = 0;
  let positions = 0;
  let first: LogRow | undefined;
  for await (const row of log.read()) {
    if ("problem" in row) {
      malformedCount += 1;
      if (malformed.length < listedRows) malformed.push(row);
      continue;
    }
    checkScenario(log.file, first, row);
    first ??= row;
    table.add({ ...row, fold: foldOf(row.user ?? String(rows)) });
    for (const action of row.candidates ?? [row.action]) actions.add(action);
    positions = Math.max(positions, row.position + 1);
    rows += 1;
  }
  if (malformedCount > 0) throw refuse(log.file, malformed, malformedCount);
  return { rows, positions, actions: [...actions], table };
}
