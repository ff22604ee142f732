import { EngineError } from "../../domain/errors.ts";
import { findNearest } from "../../engine/input/find-nearest.ts";
import { invalidFile } from "./text-source.ts";

/** Names of columns in a file, by our name; the others have ours. */
export type ColumnNames = ReadonlyMap<string, string>;

/** Columns that a message names. */
const listed = 12;

/** For messages. */
export const listColumns = (columns: readonly string[]): string =>
  `${columns.slice(0, listed).join(", ")}${columns.length > listed ? ", …" : ""}` || "none";

/** Columns that a reader knows. */
export interface KnownColumns {
  readonly names: readonly string[];
  /** Whether it is one of the names, or of their form. */
  has(name: string): boolean;
}

/** @throws invalid_request for a name that is none of ours */
export function checkOwnNames(names: ColumnNames, { names: known, has }: KnownColumns): void {
  for (const [name, column] of names) {
    if (has(name)) continue;
    const nearest = findNearest(name, known);
    const remedy = nearest === undefined ? "" : `did you mean '${nearest}'? `;
    const message = `--columns has '${name}=${column}', but no column is called '${name}' here; ${remedy}choose among ${known.join(", ")}`;
    throw new EngineError("invalid_request", message, {
      details: { field: "columns", value: name },
    });
  }
}

/** The problem with a column that a file lacks, those that it has, and the remedy. */
export function describeMissing(
  [name, column]: readonly [name: string, column: string],
  header: readonly string[],
): string {
  const missing = name === column ? `'${column}'` : `'${column}' for ${name}`;
  const nearest = findNearest(column, header);
  const remedy =
    nearest === undefined
      ? `name it with --columns ${name}=<column>`
      : `did you mean --columns ${name}=${nearest}?`;
  return `has no column ${missing}; it has ${listColumns(header)}; ${remedy}`;
}

/** @throws invalid_file for a named column that is not there */
export function checkFileNames(file: string, names: ColumnNames, header: readonly string[]): void {
  const missing = [...names].find(([, column]) => !header.includes(column));
  if (missing !== undefined) throw invalidFile(file, describeMissing(missing, header));
}

/** A column of a file under our name. */
export interface PickedColumn {
  readonly name: string;
  readonly index: number;
}

/** All columns; with names the named ones, and those of the others that are ours. */
export function pickColumns(
  header: readonly string[],
  names: ColumnNames,
  { has }: KnownColumns,
): readonly PickedColumn[] {
  const all = header.map((name, index) => ({ name, index }));
  if (names.size === 0) return all;
  const named = [...names].map(([name, column]) => ({ name, index: header.indexOf(column) }));
  const taken = new Set(named.map(({ index }) => index));
  const others = all.filter(
    ({ name, index }) => !(taken.has(index) || names.has(name)) && has(name),
  );
  return [...named, ...others];
}
