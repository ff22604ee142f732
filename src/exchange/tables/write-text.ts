import type { ColumnType, RecordTable, TableRow } from "./table.ts";

/** A JSON object a line, with the fields that the row has. */
export async function* toJsonl({ columns, rows }: RecordTable): AsyncGenerator<string, void> {
  const names = Object.keys(columns);
  for await (const row of rows)
    yield `${JSON.stringify(Object.fromEntries(names.map((name) => [name, row[name]])))}\n`;
}

/** RFC 4180. An empty text has quotes, a missing value none. */
const quote = (text: string) =>
  text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

function toCell(value: TableRow[string], type: ColumnType): string {
  if (value === undefined || value === null) return "";
  const isNested = ["json", "texts", "numbers", "integers"].includes(type);
  return quote(isNested ? JSON.stringify(value) : String(value));
}

/** A header row, then a row each. Lists and objects are JSON in their cell; numbers have the digits that a float64 needs. */
export async function* toCsv({ columns, rows }: RecordTable): AsyncGenerator<string, void> {
  const entries = Object.entries(columns);
  yield `${entries.map(([name]) => quote(name)).join(",")}\n`;
  for await (const row of rows)
    yield `${entries.map(([name, type]) => toCell(row[name], type)).join(",")}\n`;
}
