import { basename } from "node:path";
import type { JsonObject } from "../../domain/json.ts";
import { featuresOf } from "../../engine/state/notes.ts";
import type { Store } from "../../storage/store.ts";
import type { FileContent } from "../onnx-export/write-folder.ts";
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

const interactionHeader: Header = [
  ["user_id", "token"],
  ["item_id", "token"],
  ["type", "token"],
  ["rating", "float"],
  ["timestamp", "float"],
];

/** Events as interactions; a rating is the event's value, a timestamp in seconds. */
async function* toInteractions({ rows }: RecordTable): AsyncGenerator<string, void> {
  yield toHeader(interactionHeader);
  for await (const { userId, itemId, type, value, occurredAt } of rows) {
    const cells = [userId, itemId, type, value, Date.parse(String(occurredAt)) / 1000];
    yield toLine(
      interactionHeader.map(([, type], index) => toCell(cells[index] ?? undefined, type)),
    );
  }
}

/** A file of items or users. */
interface Entities {
  readonly open: () => RecordTable;
  readonly header: Header;
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

/** Reads them twice: the header names the attributes of all. */
async function* toEntities({ open, header, first }: Entities): AsyncGenerator<string, void> {
  const reserved = header.map(([field]) => field);
  const columns = await collectColumns(attributesIn(open()), reserved);
  yield toHeader([...header, ...columns.map(({ field, type }) => [field, type] as const)]);
  for await (const row of open().rows) yield toLine([...first(row), ...cellsOf(row, columns)]);
}

/**
 * RecBole's atomic files of a record: events, items and users, with typed headers.
 * @param folder its last part is the name of the data set
 */
export function toAtomicFiles(
  store: Store,
  { folder, range }: { readonly folder: string; readonly range: TimeRange },
): Readonly<Record<string, FileContent>> {
  const name = basename(folder);
  const items = toEntities({
    open: () => itemTable(store),
    header: [
      ["item_id", "token"],
      ["categories", "token_seq"],
    ],
    first: ({ itemId, categories = [] }) => [
      toCell(itemId, "token"),
      toCell(categories, "token_seq"),
    ],
  });
  const users = toEntities({
    open: () => userTable(store),
    header: [["user_id", "token"]],
    first: ({ userId }) => [toCell(userId, "token")],
  });
  return {
    [`${name}.inter`]: toInteractions(eventTable(store, range)),
    [`${name}.item`]: items,
    [`${name}.user`]: users,
  };
}
