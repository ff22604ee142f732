import { expect, test } from "vitest";
import { textSource } from "../../../tests/support/import-rows.ts";
import { readCsv } from "./read-csv.ts";
import type { RawRow } from "./row.ts";
import type { RowKind } from "./row-schema.ts";
import type { TextSource } from "./text-source.ts";

async function readAll(source: TextSource, kind: RowKind = "users"): Promise<RawRow[]> {
  const rows: RawRow[] = [];
  for await (const row of await readCsv(source, kind)) rows.push(row);
  return rows;
}

test.each([1, 7, 65_536])(
  "rows carry the line on which they begin, in pieces of %i bytes",
  async (chunkBytes) => {
    const text = '\ufeffuserId,attributes.note\r\na,"one\r\ntwo"\n\nb,"said ""é"""\nc,';
    expect(await readAll(textSource(text, chunkBytes))).toEqual([
      { line: 2, value: { userId: "a", attributes: { note: "one\r\ntwo" } } },
      { line: 5, value: { userId: "b", attributes: { note: 'said "é"' } } },
      { line: 6, value: { userId: "c" } },
    ]);
  },
);

test("an event's cells become the fields of the wire", async () => {
  const text =
    "eventId,type,userId,itemId,value,occurredAt\ne,rating,u,007,+4.50e0,2026-01-01T00:00:00Z\n,click,1,2,,\n";
  expect(await readAll(textSource(text), "events")).toEqual([
    {
      line: 2,
      value: {
        eventId: "e",
        type: "rating",
        userId: "u",
        itemId: "007",
        value: 4.5,
        occurredAt: "2026-01-01T00:00:00Z",
      },
    },
    { line: 3, value: { type: "click", userId: "1", itemId: "2" } },
  ]);
});

test("what is no number or truth value stays text, for the schema to refuse", async () => {
  expect(await readAll(textSource("type,userId,itemId,value\nx,u,i,4 stars\n"), "events")).toEqual([
    { line: 2, value: { type: "x", userId: "u", itemId: "i", value: "4 stars" } },
  ]);
  expect(await readAll(textSource("itemId,available\na,TRUE\nb,false\n"), "items")).toEqual([
    { line: 2, value: { itemId: "a", available: "TRUE" } },
    { line: 3, value: { itemId: "b", available: false } },
  ]);
});

test("categories are split at |", async () => {
  expect(await readAll(textSource("itemId,categories\na,x|y z\nb,\n"), "items")).toEqual([
    { line: 2, value: { itemId: "a", categories: ["x", "y z"] } },
    { line: 3, value: { itemId: "b" } },
  ]);
});

test.each([
  ["19.90", 19.9],
  ["0", 0],
  ["-3", -3],
  ["123456789012345", 123456789012345],
  ["1234567890123456", "1234567890123456"],
  ["007", "007"],
  ["+1", "+1"],
  ["1e5", "1e5"],
  [".5", ".5"],
  [" 1", " 1"],
  ["1,5", "1,5"],
  ["NaN", "NaN"],
  ["Infinity", "Infinity"],
  ["true", true],
  ["false", false],
  ["True", "True"],
])("the attribute cell %j is read as %j", async (cell, value) => {
  expect(await readAll(textSource(`userId,attributes.x.y\na,"${cell}"\n`))).toEqual([
    { line: 2, value: { userId: "a", attributes: { "x.y": value } } },
  ]);
});

test("a stray quote is text, and the rows around it are read", async () => {
  const text = 'userId,attributes.note\na,12" vinyl\nb,"big" one\nc,x\n';
  expect(await readAll(textSource(text))).toEqual([
    { line: 2, value: { userId: "a", attributes: { note: '12" vinyl' } } },
    { line: 3, value: { userId: "b", attributes: { note: '"big" one' } } },
    { line: 4, value: { userId: "c", attributes: { note: "x" } } },
  ]);
});

test("a row of another length, or not UTF-8, is refused alone", async () => {
  const head = Buffer.from('userId,attributes.note\na\nb,1,2\n"c\nd",\n"e\nf,1\ng,"1"\n');
  const source = textSource(
    Buffer.concat([head, Buffer.from("h,é\n", "latin1"), Buffer.from("i,1\n")]),
  );
  expect(await readAll(source)).toEqual([
    { line: 2, reason: "has 1 fields and not 2" },
    { line: 3, reason: "has 3 fields and not 2" },
    { line: 4, value: { userId: "c\nd" } },
    { line: 6, reason: expect.stringMatching(/^has \d fields .*is a quote not closed\?$/) },
    { line: 9, reason: "is not UTF-8 text; convert the file" },
    { line: 10, value: { userId: "i", attributes: { note: 1 } } },
  ]);
});

test.each([
  ["events", "userId,itemId", "lacks 'type'"],
  ["events", "type,userId,itemId,attributes.a", "has unknown columns 'attributes.a'"],
  ["items", "item_id,attributes.", "lacks 'itemId', has unknown columns 'item_id', 'attributes.'"],
  ["users", "userId,attributes.a,attributes.a", "repeats 'attributes.a'"],
  ["users", '{"userId":"a"}', "lacks 'userId'"],
] as const)("%s with the header row %s are refused as a whole", async (kind, header, problem) => {
  await expect(readAll(textSource(`${header}\na,b,c\n`), kind)).rejects.toMatchObject({
    code: "invalid_file",
    message: expect.stringContaining(`rows has a header row that ${problem}`),
    details: { file: "rows" },
  });
});

test("the refusal of a header row names the columns that there are", async () => {
  await expect(readAll(textSource("id\n"), "items")).rejects.toThrow(
    "columns of items are 'itemId', 'categories', 'available' and 'attributes.<name>'",
  );
});

test.each([
  ["items", "itemId,title,price", "; --columns attributes.title=title takes this one and leaves"],
  ["events", "type,userId,itemId,device", "; --columns type=type leaves others out"],
] as const)(
  "%s with columns of their own get a command that works",
  async (kind, header, remedy) => {
    const text = `${header}\n${header.replace(/[^,]+/g, "x")}\n`;
    await expect(readAll(textSource(text), kind)).rejects.toThrow(remedy);
    const [, own = "", column = ""] = /--columns (\S+)=(\S+)/.exec(remedy) ?? [];
    const rows = await readCsv(textSource(text), kind, new Map([[own, column]]));
    for await (const row of rows) expect(row).toHaveProperty("value");
  },
);

test.each([";", "\t", "|"])(
  "a file that is separated by %j is refused with the remedy",
  async (separator) => {
    const header = ["type", "userId", "itemId"].join(separator);
    await expect(readAll(textSource(`${header}\n`), "events")).rejects.toThrow(
      `rows is separated by ${JSON.stringify(separator)}; write it with commas`,
    );
  },
);

test("an empty file is refused: it has no header row", async () => {
  await expect(readAll(textSource(""))).rejects.toMatchObject({ code: "invalid_file" });
});

test("a quote that is open to the end of the file refuses the row that opens it", async () => {
  expect(await readAll(textSource('userId,attributes.a\na,\nb,"1\nc,2\n'))).toEqual([
    { line: 2, value: { userId: "a" } },
    { line: 3, reason: "opens a quote that is never closed" },
  ]);
});

test("a row of more than a million characters breaks the import off after the rows before it", async () => {
  const text = `userId\na\n"${"b\n".repeat(600_000)}"\n${"c\n".repeat(100_000)}`;
  const rows: RawRow[] = [];
  const reading = (async () => {
    for await (const row of await readCsv(textSource(text), "users")) rows.push(row);
  })();
  await expect(reading).rejects.toMatchObject({
    code: "invalid_file",
    message: expect.stringMatching(/^rows has more than 1000000 characters in the row at line 3; /),
  });
  expect(rows).toEqual([{ line: 2, value: { userId: "a" } }]);
});
