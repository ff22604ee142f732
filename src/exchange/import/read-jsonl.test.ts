import { expect, test } from "vitest";
import { textSource } from "../../../tests/support/import-rows.ts";
import { readJsonl } from "./read-jsonl.ts";
import type { RawRow } from "./row.ts";
import type { TextSource } from "./text-source.ts";

async function readAll(source: TextSource): Promise<RawRow[]> {
  const rows: RawRow[] = [];
  for await (const row of readJsonl(source)) rows.push(row);
  return rows;
}

test.each([1, 2, 3, 65_536])(
  "rows carry their lines, in pieces of %i bytes",
  async (chunkBytes) => {
    const text = '\ufeff{"a":"é"}\r\n\n  \n{"b":1}\n"last, without a line end"';
    expect(await readAll(textSource(text, chunkBytes))).toEqual([
      { line: 1, value: { a: "é" } },
      { line: 4, value: { b: 1 } },
      { line: 5, value: "last, without a line end" },
    ]);
  },
);

test("a line separator within a text does not end the row", async () => {
  expect(await readAll(textSource('"a\u2028b\u2029c\u0085d"\n'))).toEqual([
    { line: 1, value: "a\u2028b\u2029c\u0085d" },
  ]);
});

test("a line that is not JSON, or not UTF-8, is refused alone", async () => {
  const latin1 = Buffer.from('{"title":"Misérables"}\n', "latin1");
  const rows = await readAll(
    textSource(Buffer.concat([Buffer.from('{"a":}\n'), latin1, Buffer.from('2\n[{"a":1}]\n')])),
  );
  expect(rows).toEqual([
    {
      line: 1,
      reason: expect.stringMatching(
        /^is not JSON: Unexpected token.*; JSONL has one object a line$/,
      ),
    },
    { line: 2, reason: "is not UTF-8 text; convert the file" },
    { line: 3, value: 2 },
    { line: 4, reason: "is a list; JSONL has one object a line" },
  ]);
});

test("a line of more than a million characters ends the import with invalid_file", async () => {
  const text = `1\n"${"x".repeat(1_100_000)}`;
  await expect(readAll(textSource(text))).rejects.toMatchObject({
    code: "invalid_file",
    message: "rows has more than 1000000 characters in line 2",
  });
});

test("a stream that fails ends the import with invalid_file and the cause", async () => {
  const source = textSource("1\n2\n", 1);
  const cause = new Error("disk on fire");
  const rows = readJsonl(source);
  expect(await rows.next()).toMatchObject({ value: { value: 1 } });
  source.stream.destroy(cause);
  await expect(rows.next()).rejects.toMatchObject({ code: "invalid_file", cause });
});
