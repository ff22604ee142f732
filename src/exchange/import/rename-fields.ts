import { type ColumnNames, checkOwnNames, describeMissing, pickColumns } from "./column-names.ts";
import { knownColumns, toJsonBody } from "./csv-columns.ts";
import type { RawRow } from "./row.ts";
import type { RowKind } from "./row-schema.ts";

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** JSON objects under our names, with integers for ids and null for an absent field. A row without any of the named fields is refused: the others have them. @throws invalid_request */
export function renameFields(
  rows: AsyncIterable<RawRow>,
  kind: RowKind,
  names: ColumnNames,
): AsyncIterable<RawRow> {
  const known = knownColumns(kind, true);
  checkOwnNames(names, known);
  const rename = (row: RawRow): RawRow => {
    if ("reason" in row || !isObject(row.value)) return row;
    const { line, value } = row;
    const header = Object.keys(value);
    const found = [...names].filter(([, column]) => header.includes(column));
    const [first] = names;
    if (found.length === 0 && first !== undefined)
      return { line, reason: describeMissing(first, header) };
    const columns = pickColumns(header, new Map(found), known);
    return { line, value: toJsonBody(columns, Object.values(value)) };
  };
  return (async function* () {
    for await (const row of rows) yield rename(row);
  })();
}
