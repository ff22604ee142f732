import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";

/** The receipts of a database's erasures, one a line, beside its file: a restored copy needs those that came after it. */
export const erasureListOf = (database: string): string => `${database}-erasures.jsonl`;

/** Durable when it returns. A receipt that a killed process has written already is not repeated. */
export function appendToList(database: string, receipt: string): void {
  if (database === ":memory:") return;
  const path = erasureListOf(database);
  const known = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  if (known.includes(receipt)) return;
  const file = openSync(path, "a", 0o600);
  try {
    // A line that was cut off by a full disk stays apart.
    writeSync(file, `${known.length > 0 && known.at(-1) !== "" ? "\n" : ""}${receipt}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
