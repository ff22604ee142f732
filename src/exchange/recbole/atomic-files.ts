import { basename, resolve } from "node:path";
import type { Consent } from "../../domain/consent.ts";
import type { JsonObject } from "../../domain/json.ts";
import { featuresOf } from "../../engine/state/notes.ts";
import type { Store } from "../../storage/store.ts";
import { eventTable, itemTable, userTable } from "../tables/record-tables.ts";
import type { RecordTable, TableRow, TimeRange } from "../tables/table.ts";
import { type AtomicColumn, type AtomicType, collectColumns, leavesOf } from "./atomic-columns.ts";

/** RecBole reads cells as CSV with tabs. */
const quote = (text: string) => (/[\t\r\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Entries of a list are separated by spaces, so that they have none. */
const toEntry = (text: string) => text.replaceAll(/\s+/g, "_");

function toCell(value: unknown, type: AtomicType): string {
  if (value === undefined) return "";
  if (type !== "token_seq") return quote(String(value));
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  return quote(entries.map((entry) => toEntry(String(entry))).join(" "));
}

type Header = readonly (readonly [field: string, type: AtomicType])[];

const toLine = (cells: readonly string[]) => `${cells.join("\t")}\n`;
const toHeader = (header: Header) => toLine(header.map(([field, type]) => `${field}:${type}`));

const itemHeader: Header = [
  ["item_id", "token"],
  ["categories", "token_seq"],
];

const userHeader: Header = [["user_id", "token"]];

const interactionHeader: Header = [
  ["user_id", "token"],
  ["item_id", "token"],
  ["type", "token"],
  ["rating", "float"],
  ["timestamp", "float"],
];

/** Ids in the interactions that have no row of their own yet. */
interface Unwritten {
  readonly users: Set<string>;
  readonly items: Set<string>;
}

/** Events as interactions; a rating is the event's value, a timestamp in seconds. */
async function* toInteractions(
  { rows }: RecordTable,
  unwritten: Unwritten,
): AsyncGenerator<string, void> {
  yield toHeader(interactionHeader);
  for await (const { userId, itemId, type, value, occurredAt } of rows) {
    unwritten.users.add(String(userId));
    unwritten.items.add(String(itemId));
    const cells = [userId, itemId, type, value, Date.parse(String(occurredAt)) / 1000];
    yield toLine(
      interactionHeader.map(([, type], index) => toCell(cells[index] ?? undefined, type)),
    );
  }
}

/** A file of items or users. */
interface Entities {
  readonly open: () => RecordTable;
  readonly id: "itemId" | "userId";
  readonly unwritten: Set<string>;
  readonly header: Header;
  /** Fields of all files: RecBole has one type for a name, that of the last file with it. */
  readonly taken: Set<string>;
  /** Cells before those of the attributes. */
  readonly first: (row: TableRow) => readonly string[];
}

const attributesOf = ({ attributes = {} }: TableRow): JsonObject =>
  featuresOf(attributes as JsonObject);

async function* attributesIn({ rows }: RecordTable): AsyncGenerator<JsonObject, void> {
  for await (const row of rows) yield attributesOf(row);
}

const cellsOf = (row: TableRow, columns: readonly AtomicColumn[]) => {
  const leaves = new Map(leavesOf(attributesOf(row)));
  return columns.map(({ path, type }) => toCell(leaves.get(path), type));
};

/**
 * Reads them twice: the header names the attributes of all. RecBole drops interactions whose user or item has no row, so that those
 * that were never written have an empty one.
 */
async function* toEntities(entities: Entities): AsyncGenerator<string, void> {
  const { open, id, unwritten, header, taken, first } = entities;
  const columns = await collectColumns(attributesIn(open()), taken);
  yield toHeader([...header, ...columns.map(({ field, type }) => [field, type] as const)]);
  for await (const row of open().rows) {
    unwritten.delete(String(row[id]));
    yield toLine([...first(row), ...cellsOf(row, columns)]);
  }
  for (const own of unwritten) yield toLine([...first({ [id]: own }), ...cellsOf({}, columns)]);
}

export interface RecboleOptions {
  /** Its last part is the name of the data set. */
  readonly folder: string;
  readonly range: TimeRange;
  /** Of users who have stated nothing: users who refuse training are left out. Default: nobody is. */
  readonly consent?: Consent;
}

/**
 * RecBole's atomic files of a record, to be written in this order: events, items and users, with typed headers. The ids of the events
 * are in memory until the end.
 */
export function toAtomicFiles(
  store: Store,
  { folder, range, consent }: RecboleOptions,
): Readonly<Record<string, AsyncIterable<string>>> {
  const name = basename(resolve(folder));
  const unwritten = { users: new Set<string>(), items: new Set<string>() };
  const headers = [interactionHeader, itemHeader, userHeader].flat();
  const taken = new Set(headers.map(([field]) => field));
  const items = toEntities({
    open: () => itemTable(store),
    id: "itemId",
    unwritten: unwritten.items,
    header: itemHeader,
    taken,
    first: ({ itemId, categories = [] }) => [
      toCell(itemId, "token"),
      toCell(categories, "token_seq"),
    ],
  });
  const users = toEntities({
    open: () => userTable(store, consent),
    id: "userId",
    unwritten: unwritten.users,
    header: userHeader,
    taken,
    first: ({ userId }) => [toCell(userId, "token")],
  });
  return {
    [`${name}.inter`]: toInteractions(eventTable(store, range), unwritten),
    [`${name}.item`]: items,
    [`${name}.user`]: users,
  };
}
