import { EngineError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";

/** `time` is ISO 8601 in UTC; `json` is anything, nested too. */
export type ColumnType =
  | "text"
  | "integer"
  | "number"
  | "boolean"
  | "time"
  | "texts"
  | "numbers"
  | "integers"
  | "json";

/** A row as JSON; a missing field is an empty cell. */
export type TableRow = Readonly<Record<string, Json | undefined>>;

/** Milliseconds since 1970: from ≤ time < to. */
export interface TimeRange {
  readonly from?: number;
  readonly to?: number;
}

/** Rows of the record for other tools. */
export interface RecordTable {
  /** In the order in which they are written. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly rows: AsyncIterable<TableRow>;
}

/** The named columns of a table, in the order of the names. @throws invalid_request for a name that it has not */
export function chooseColumns(table: RecordTable, names: readonly string[]): RecordTable {
  const columns = names.map((name) => {
    const type = table.columns[name];
    if (type !== undefined) return [name, type] as const;
    const known = Object.keys(table.columns).join(", ");
    const message = `--columns has ${name || "an empty name"}; choose among ${known}`;
    throw new EngineError("invalid_request", message, { details: { field: "columns" } });
  });
  return { columns: Object.fromEntries(columns), rows: table.rows };
}
