import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import type { RecordTable, TableRow } from "./table.ts";
import { chooseColumns } from "./table.ts";
import { toCsv, toJsonl } from "./write-text.ts";

async function* each(rows: readonly TableRow[]) {
  yield* rows;
}

const tableOf = (rows: readonly TableRow[]): RecordTable => ({
  columns: { name: "text", reward: "number", slate: "texts", context: "json" },
  rows: each(rows),
});

async function collect(chunks: AsyncIterable<string>) {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return text;
}

const rows: readonly TableRow[] = [
  { name: 'say "a", b\nc', reward: 0.1 + 0.2, slate: ["x,1", "y"], context: { a: [1, null] } },
  { name: "", reward: 1e-300 },
  { slate: [], context: {} },
];

test("a CSV cell comes back as it was, whatever it holds", async () => {
  const csv = await collect(toCsv(tableOf(rows)));
  const found: Record<string, string>[] = parse(csv, { columns: true });
  expect(found.map(({ name }) => name)).toEqual(['say "a", b\nc', "", ""]);
  expect(found.map(({ reward }) => Number(reward))).toEqual([0.1 + 0.2, 1e-300, 0]);
  expect(JSON.parse(found[0]!.slate!)).toEqual(["x,1", "y"]);
  expect(JSON.parse(found[0]!.context!)).toEqual({ a: [1, null] });
  expect(csv.split("\n").slice(-3)).toEqual(['"",1e-300,,', ",,[],{}", ""]);
});

test("a JSONL line has the fields of its row, in the order of the columns", async () => {
  const lines = (await collect(toJsonl(tableOf(rows)))).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
  expect(lines[2]).toBe('{"slate":[],"context":{}}');
});

test("chosen columns come alone and in the order of their names", async () => {
  const table = chooseColumns(tableOf(rows), ["reward", "name"]);
  expect((await collect(toCsv(table))).split("\n")[0]).toBe("reward,name");
});

test("a column that is not there is named, with those that are", () => {
  expect(() => chooseColumns(tableOf(rows), ["name", "price"])).toThrow(
    /--columns has price; choose among name, reward, slate, context/,
  );
});
