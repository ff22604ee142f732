import { expect, test } from "vitest";
import { importedAt, textSource } from "../../../tests/support/import-rows.ts";
import { readRows } from "./read-rows.ts";
import type { ImportRow } from "./row.ts";

const names = new Map([["userId", "user"]]);

async function read(line: string, options: { readonly names?: typeof names } = {}) {
  const reading = { kind: "events", format: "jsonl", now: importedAt, ...options } as const;
  const { rows } = await readRows(textSource(`${line}\n`), reading);
  const all: ImportRow[] = [];
  for await (const row of rows) all.push(row);
  return all[0];
}

test.each([
  ["our names", '{"type":"click","userId":7,"itemId":42,"eventId":1,"value":null}', {}],
  ["the file's names", '{"type":"click","user":7,"itemId":42,"eventId":1,"value":null}', { names }],
])("with %s integers are ids and null is an absent field", async (_, line, options) => {
  expect(await read(line, options)).toMatchObject({
    kind: "event",
    event: { userId: "7", itemId: "42", eventId: "1", value: 1 },
  });
});

test.each(["9007199254740993", "1.5", "1e400"])(
  "the number %s, which is no integer of its own, is no id",
  async (id) => {
    const reason = expect.stringMatching(/^userId must be text, got /);
    const line = `{"type":"click","user":${id},"userId":${id},"itemId":"a"}`;
    expect(await read(line.replace(`"user":${id},`, ""))).toMatchObject({ reason });
    expect(await read(line.replace(`"userId":${id},`, ""), { names })).toMatchObject({ reason });
  },
);

test("a row that is nested a hundred thousand deep is refused alone", async () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const line = `{"type":"click","userId":"u","itemId":"a","value":${deep}}`;
  expect(await read(line)).toMatchObject({ kind: "refused", line: 1 });
  expect(await read(line, { names: new Map([["userId", "userId"]]) })).toMatchObject({
    kind: "refused",
  });
});
