import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  importedAt,
  importSource,
  importText,
  neverAborted,
  textSource,
} from "../../../tests/support/import-rows.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import type { JsonObject } from "../../domain/json.ts";
import { openStore } from "../../engine/open-store.ts";
import { canonicalJson } from "../../storage/canonical-json.ts";
import type { Store } from "../../storage/store.ts";
import type { RecordTable } from "../tables/table.ts";
import { toParquet } from "../tables/write-parquet.ts";
import { type Format, openRows } from "./read-rows.ts";
import type { RowKind } from "./row-schema.ts";

// Every code point except the replacement character of bytes that are not UTF-8.
const text = fc
  .string({ unit: "binary", maxLength: 12 })
  .filter((value) => !value.includes("\ufffd"));
const identifier = text.filter((value) => /^(?!\.{0,2}$)\P{Cc}*$/u.test(value));
const category = identifier.filter((value) => !value.includes("|"));

const numberInCell = fc.integer({ min: -(10 ** 12), max: 10 ** 12 }).map((cents) => cents / 100);
const textInCell = text.filter((value) => !/^(|true|false|-?[\d.]+)$/.test(value));
const attributeName = fc.constantFrom("colour", "a.b", 'odd, "name"\r\n', "constructor");
const attributesInCells = fc.dictionary(
  attributeName,
  fc.oneof(numberInCell, textInCell, fc.boolean()),
);
// Parsed back, for JSON knows no negative zero.
const anyAttributes = fc
  .json({ maxDepth: 4, stringUnit: "binary" })
  .filter((json) => !json.includes("__proto__"))
  .map((json): JsonObject => ({ any: JSON.parse(json.replaceAll("\ufffd", "")) }));

const items = (attributes: fc.Arbitrary<JsonObject>) =>
  fc.record({
    itemId: identifier,
    categories: fc.array(category, { maxLength: 3 }),
    attributes,
    available: fc.boolean(),
  });

const users = (attributes: fc.Arbitrary<JsonObject>) =>
  fc.record({ userId: identifier, attributes });

const events = fc.record({
  eventId: identifier,
  type: identifier,
  userId: identifier,
  itemId: identifier,
  value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  occurredAt: fc
    .integer({ min: 0, max: importedAt })
    .map((milliseconds) => new Date(milliseconds).toISOString()),
});

type Row = JsonObject;

const toJsonl = (rows: readonly Row[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

function flatten({ categories, attributes, ...row }: Row): [string, string][] {
  const cells = Object.entries(attributes ?? {}).map(([name, value]) => [
    `attributes.${name}`,
    value,
  ]);
  const joined = Array.isArray(categories) ? [["categories", categories.join("|")]] : [];
  return [...Object.entries(row), ...joined, ...cells].map(([column, cell]) => [
    String(column),
    String(cell),
  ]);
}

/** Quotes everything: unquoted fields are tested by example. */
function toCsv(rows: readonly Row[], required: readonly string[]): string {
  const cells = rows.map((row) => new Map(flatten(row)));
  const header = [...new Set([...required, ...cells.flatMap((row) => [...row.keys()])])];
  const lines = [header, ...cells.map((row) => header.map((column) => row.get(column) ?? ""))];
  const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  return lines.map((line) => `${line.map(quote).join(",")}\r\n`).join("");
}

/** Campaigns need scenarios, and edges users that are known: they are tested by example. */
type Kind = Exclude<RowKind, "campaigns" | "edges">;

/** The rows of the store in the form of the wire, without event numbers and event ids. */
async function readBack(store: Store, kind: Kind): Promise<readonly Row[]> {
  if (kind === "events") {
    const rows = await store.events.scan({ after: 0, limit: 1000 });
    return rows.map(({ sequence, occurredAt, ...event }) => ({
      ...event,
      occurredAt: new Date(occurredAt).toISOString(),
    }));
  }
  const { rows } = await store[kind].list({ limit: 1000 });
  return rows.map(({ sequence, ...row }) => row);
}

const describeRows = (rows: readonly Row[]) =>
  rows.map(({ eventId, ...row }) => canonicalJson(row)).sort();

const required: Record<Kind, readonly string[]> = {
  events: ["type", "userId", "itemId"],
  items: ["itemId"],
  users: ["userId"],
};

const cases: readonly [Kind, Format, string, fc.Arbitrary<Row>][] = [
  ["items", "jsonl", "itemId", items(anyAttributes)],
  ["items", "csv", "itemId", items(attributesInCells)],
  ["users", "jsonl", "userId", users(anyAttributes)],
  ["users", "csv", "userId", users(attributesInCells)],
  ["events", "jsonl", "eventId", events],
  ["events", "csv", "eventId", events],
  ["items", "parquet", "itemId", items(anyAttributes)],
  ["users", "parquet", "userId", users(anyAttributes)],
  ["events", "parquet", "eventId", events],
];

const types: Record<Kind, RecordTable["columns"]> = {
  events: {
    eventId: "text",
    type: "text",
    userId: "text",
    itemId: "text",
    value: "number",
    occurredAt: "time",
  },
  items: { itemId: "text", categories: "texts", attributes: "json", available: "boolean" },
  users: { userId: "text", attributes: "json" },
};

async function writeParquet(written: readonly Row[], kind: Kind): Promise<string> {
  const path = join(createTestFolder(), "rows.parquet");
  async function* rows() {
    yield* written;
  }
  await writeFile(path, toParquet({ columns: types[kind], rows: rows() }));
  return path;
}

test.each(cases)(
  "%s written as %s, imported and read are the same, and importing again changes nothing",
  async (kind, format, id, arbitrary) => {
    const rows = fc.uniqueArray(arbitrary, { selector: (row) => row[id] });
    const chunkBytes = fc.integer({ min: 1, max: 64 });
    const property = fc.asyncProperty(rows, chunkBytes, async (written, size) => {
      const store = await openStore(":memory:");
      const run = async () => {
        if (format === "parquet") {
          const [path, now] = [await writeParquet(written, kind), importedAt];
          return importSource(
            store,
            await openRows(path, { kind, format, now, signal: neverAborted }),
          );
        }
        const text = format === "csv" ? toCsv(written, required[kind]) : toJsonl(written);
        return importText(store, textSource(text, size), { kind, format });
      };
      const none = { read: written.length, stored: 0, unchanged: 0, refused: 0 };
      expect(await run()).toEqual({ counts: { ...none, stored: written.length }, refusals: [] });
      expect(describeRows(await readBack(store, kind))).toEqual(describeRows(written));
      expect(await run()).toEqual({ counts: { ...none, unchanged: written.length }, refusals: [] });
      expect(await store.sequence()).toBe(written.length);
      await store.close();
    });
    await fc.assert(property, { numRuns: 30 });
  },
);
