import { expect, test } from "vitest";
import { importedAt } from "../../../tests/support/import-rows.ts";
import type { ParsedRow } from "./row.ts";
import { createRowParser } from "./row-schema.ts";

const parseEvent = createRowParser("events", importedAt);
const parseItem = createRowParser("items", importedAt);
const click = { type: "click", userId: "ada", itemId: "sku-2" };

const nest = (levels: number): unknown =>
  JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);

function reasonOf(row: ParsedRow): string {
  return row.kind === "refused" ? row.reason : `${row.kind} was not refused`;
}

test("an event with everything keeps everything", () => {
  const body = { ...click, eventId: "e-1", value: 2.5, occurredAt: "2026-11-24T08:00:00.250Z" };
  expect(parseEvent(body)).toEqual({
    kind: "event",
    event: { ...click, eventId: "e-1", value: 2.5, occurredAt: importedAt - 86_400_000 + 250 },
  });
});

test("an event without the rest has the value 1, the time of the import and the hash of its content as its id", () => {
  expect(parseEvent(click)).toMatchObject({
    kind: "event",
    event: {
      ...click,
      // printf '["click","ada","sku-2",1,null]' | sha256sum
      eventId: "sha256:46cfe728199061f394b362e21da5f919a6690189819f7de9908332acf06c42ee",
      value: 1,
      occurredAt: importedAt,
    },
  });
});

test("the id by content does not depend on the time of the import, on key order or on a default written out", () => {
  const later = createRowParser("events", importedAt + 5000);
  const reordered = { value: 1, itemId: "sku-2", userId: "ada", type: "click" };
  const idOf = (row: ParsedRow) => row.kind === "event" && row.event.eventId;
  expect(idOf(later(reordered))).toBe(idOf(parseEvent(click)));
  expect(idOf(parseEvent({ ...click, value: 2 }))).not.toBe(idOf(parseEvent(click)));
});

test.each([
  [{ ...click, userId: "" }, 'userId must not be empty, got ""'],
  [
    { ...click, userId: "u".repeat(257) },
    /^userId must not be longer than 256 characters, got "u{40}"$/,
  ],
  [
    { ...click, itemId: "a\u0007" },
    /^itemId must not hold a control character .*, got "a\\u0007"$/,
  ],
  [{ ...click, itemId: "a\ud800" }, /^itemId must not hold .* a lone surrogate/],
  [{ ...click, itemId: ".." }, /^itemId .* not be '\.' or '\.\.'/],
  [{ ...click, userId: 7 }, "userId must be text, got 7"],
  [{ type: "click", userId: "ada" }, "itemId is missing"],
  [{ ...click, value: Number.POSITIVE_INFINITY }, "value must be a finite number, got Infinity"],
  [{ ...click, value: "3" }, 'value must be a finite number, got "3"'],
  [{ ...click, value: null }, "value must be a finite number"],
  [
    { ...click, occurredAt: "2026-02-30T00:00:00Z" },
    /^occurredAt must be a time with its zone, .*, got "2026-02-30T/,
  ],
  [{ ...click, occurredAt: "2026-11-25T08:00:00" }, /^occurredAt must be a time with its zone/],
  [{ ...click, occurredAt: "1969-12-31T23:59:59Z" }, "occurredAt lies before 1970, got -1000"],
  [{ ...click, occurredAt: "2026-11-26T08:00:00.001Z" }, /^occurredAt is in the future/],
  [{ ...click, decisionId: "d-1" }, /^decisionId can't be imported: .*POST \/api\/v1\/events/],
  [
    { ...click, user: "ada" },
    "has unknown fields 'user'; --columns renames fields and leaves others out",
  ],
  [
    { ...click, a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1 },
    /^has unknown fields 'a', 'b', 'c', 'd', 'e' and 2 more; --columns/,
  ],
  [{ ...click, consent: { trane: true } }, /^consent has unknown fields 'trane'$/],
  [{ type: "click" }, "userId is missing; itemId is missing"],
  [[], "Invalid input: expected object, received array"],
  [null, "Invalid input: expected object, received null"],
])("the event %j is refused: %s", (body, reason) => {
  const actual = reasonOf(parseEvent(body));
  if (typeof reason === "string") expect(actual).toBe(reason);
  else expect(actual).toMatch(reason);
});

test("a time at most a day ahead passes", () => {
  const row = parseEvent({ ...click, occurredAt: "2026-11-26T08:00:00Z" });
  expect(row.kind === "event" && row.event.occurredAt).toBe(importedAt + 86_400_000);
});

test("an item without the rest has no categories, no attributes and is available", () => {
  expect(parseItem({ itemId: "sku-1" })).toEqual({
    kind: "item",
    item: { itemId: "sku-1", categories: [], attributes: {}, available: true },
  });
});

test("attributes pass as they come", () => {
  const attributes: unknown = JSON.parse('{"b":[null,{"c":"\\u2028"}],"constructor":{"a":1}}');
  const row = parseItem({ itemId: "sku-1", attributes });
  expect(row.kind === "item" && JSON.stringify(row.item.attributes)).toBe(
    JSON.stringify(attributes),
  );
});

test.each([
  [{ itemId: "a", attributes: null }, /^attributes must be an object/],
  [{ itemId: "a", attributes: [1] }, /^attributes must be an object/],
  [
    { itemId: "a", attributes: { price: [{ net: Number.POSITIVE_INFINITY }] } },
    "attributes.price.0.net is Infinity: must be a finite number",
  ],
  [{ itemId: "a", attributes: nest(32) }, /^is nested deeper than 32 levels/],
  [{ itemId: "a", attributes: nest(100_000) }, /^attributes must be at most 5000 values/],
  [
    { itemId: "a", attributes: JSON.parse('{"__proto__":1}') },
    "attributes.__proto__ can't be stored; rename it",
  ],
  [{ itemId: "a", categories: "shoes" }, 'categories must be a list of texts, got "shoes"'],
  [{ itemId: "a", categories: ["shoes", ""] }, 'categories.1 must not be empty, got ""'],
  [{ itemId: "a", available: "yes" }, 'available must be true or false, got "yes"'],
])("the item number %# is refused", (body, reason) => {
  const actual = reasonOf(parseItem(body));
  if (typeof reason === "string") expect(actual).toBe(reason);
  else expect(actual).toMatch(reason);
});

test("a row 32 levels deep passes", () => {
  expect(parseItem({ itemId: "a", attributes: nest(31) }).kind).toBe("item");
});
