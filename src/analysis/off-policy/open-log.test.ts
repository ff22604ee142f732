import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { parquetFiles } from "../../../tests/support/parquet-files.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import type { LogRow, MalformedRow } from "./decision-log.ts";
import { openLog } from "./open-log.ts";

function write(name: string, text: string): string {
  const path = join(createTestFolder(), name);
  writeFileSync(path, text);
  return path;
}

async function read(path: string): Promise<(LogRow | MalformedRow)[]> {
  const rows: (LogRow | MalformedRow)[] = [];
  for await (const row of (await openLog(path)).read()) rows.push(row);
  return rows;
}

const problemsOf = async (path: string) =>
  (await read(path)).flatMap((row) => ("problem" in row ? [`${row.line}: ${row.problem}`] : []));

const refusal = async (path: string, ...named: readonly [string, string][]) =>
  openLog(path, new Map(named)).then(
    () => "opened",
    ({ code, message }) => `${code}: ${message}`,
  );

const header = "item_id,position,click,propensity_score";

describe("a CSV log", () => {
  test("of Open Bandit counts positions from 1 and chooses among the items beside it", async () => {
    const folder = createTestFolder();
    writeFileSync(join(folder, "men.csv"), `,${header}\n0,14,3,1,0.25\n`);
    writeFileSync(join(folder, "item_context.csv"), ",item_id,item_feature_0\n0,14,x\n1,9,y\n");
    const log = await openLog(folder);
    expect([log.format, log.actions]).toEqual(["Open Bandit CSV", ["14", "9"]]);
    expect(await read(folder)).toEqual([
      {
        line: 2,
        action: "14",
        position: 2,
        reward: 1,
        propensity: 0.25,
        candidates: ["14", "9"],
      },
    ]);
  });

  test("of our own column names may bring users and candidates", async () => {
    const path = write(
      "log.csv",
      "itemId,reward,propensity,userId,candidates,position\na,-0.5,1,ann,a|b,0\n",
    );
    expect(await read(path)).toEqual([
      {
        line: 2,
        action: "a",
        position: 0,
        reward: -0.5,
        propensity: 1,
        user: "ann",
        candidates: ["a", "b"],
      },
    ]);
  });

  test("names line, field, value and remedy of each malformed row, and reads on", async () => {
    const rows = ["1,1,0,0", "1,1,0,-0.1", "1,1,0,NaN", "1,1,0,1.5", "1,1,x,0.5", ",1,0,0.5"];
    const path = write("log.csv", [header, ...rows, "1,0,0,0.5", "1,1,0", "1,1,1,0.5"].join("\n"));
    const remedy = "log the probability at decision time";
    expect(await problemsOf(path)).toEqual([
      `2: propensity_score must be in (0, 1], got "0"; ${remedy}`,
      `3: propensity_score must be in (0, 1], got "-0.1"; ${remedy}`,
      `4: propensity_score must be in (0, 1], got "NaN"; ${remedy}`,
      `5: propensity_score must be in (0, 1], got "1.5"; ${remedy}`,
      '6: click must be a finite number, got "x"; leave out rows whose reward is not known',
      '7: item_id must be an id, got ""; give every row the id of the shown item',
      '8: position must be an integer from 1, got "0"; number the places of a slate in their order',
      "9: has 3 fields and not 4",
    ]);
    expect(await read(path)).toHaveLength(9);
  });

  test("refuses an action that is none of its candidates", async () => {
    const path = write("log.csv", "itemId,reward,propensity,candidates\nc,1,0.5,a|b\n");
    expect(await problemsOf(path)).toEqual([
      `2: itemId must be one of the row's 2 candidates, got "c"; list every item that could have been chosen`,
    ]);
  });

  test("refuses candidates that are named twice, in a row and beside the log", async () => {
    const path = write("log.csv", "itemId,reward,propensity,candidates\na,1,0.5,b|a|a\n");
    expect(await problemsOf(path)).toEqual([
      '2: candidates must be ids that differ, got "a"; name every candidate once',
    ]);
    const folder = createTestFolder();
    writeFileSync(join(folder, "men.csv"), `${header}\n14,1,1,0.25\n`);
    writeFileSync(join(folder, "item_context.csv"), ",item_id\n0,14\n1,9\n2,14\n");
    expect(await refusal(folder)).toMatch(
      /^invalid_file: .*item_context\.csv item_id must be ids that differ, got "14"; name every candidate once$/,
    );
  });
});

describe("a dsjson log", () => {
  const action = (id: string) => ({ _tag: id, i: { constant: 1 } });
  const interaction = (change: object = {}) => ({
    _label_cost: -1,
    _label_probability: 0.7,
    _label_Action: 2,
    EventId: "e",
    a: [2, 1, 3],
    p: [0.7, 0.2, 0.1],
    c: { GUser: { id: "ann" }, _multi: [action("x"), action("y"), action("z")] },
    ...change,
  });
  const lines = (...values: readonly object[]) =>
    write("log.dsjson", values.map((value) => JSON.stringify(value)).join("\n"));

  test("gives actions in the order of their probabilities and rewards for costs", async () => {
    const path = lines(
      interaction(),
      { RewardValue: 1, EventId: "late" },
      interaction({ _skipLearn: true }),
    );
    expect((await openLog(path)).format).toBe("VowpalWabbit dsjson");
    expect(await read(path)).toEqual([
      {
        line: 1,
        position: 0,
        action: "y",
        candidates: ["y", "x", "z"],
        reward: 1,
        propensity: 0.7,
        propensities: [0.7, 0.2, 0.1],
      },
    ]);
  });

  test("tells actions without a tag apart by their features", async () => {
    const multi = [{ f: 1 }, { f: 2 }, { f: 1 }];
    const [row] = await read(lines(interaction({ c: { _multi: multi } })));
    const { candidates = [] } = row as LogRow;
    expect(candidates[1]).toBe(candidates[2]);
    expect(candidates[0]).not.toBe(candidates[1]);
  });

  test("names what is wrong with a line", async () => {
    const path = lines(
      interaction({ p: [0.7, 0.2, 0.2] }),
      interaction({ p: [0.7, 0.3] }),
      interaction({ a: [1, 1, 2] }),
      interaction({ _label_probability: 0 }),
      interaction({ _label_cost: null }),
      interaction({ pdrop: 0.5 }),
      { _label_cost: 0, _outcomes: [] },
    );
    expect(await problemsOf(path)).toEqual([
      "1: p must be probabilities that add up to 1, got 1.0999999999999999; pass probabilities of all candidates that add up to 1",
      "2: p must be a list of 3 like c._multi, got 2; log whole interactions",
      "3: a must be the numbers 1 to 3, got [1,1,2]; log whole interactions",
      "4: _label_probability must be in (0, 1], got 0; log the probability at decision time",
      "5: _label_cost must be a finite number, got null; leave out rows whose reward is not known",
      "6: pdrop must be 0 or absent, got 0.5; evaluate a log without dropped rows",
      "7: is no contextual bandit decision (_label_cost, a, p, c._multi); slates, slots and continuous actions are not read",
    ]);
  });
});

describe("a Parquet log", () => {
  test("reads ids, 64-bit integers and lists as a CSV log has them", async () => {
    const filename = join(createTestFolder(), "log.parquet");
    parquetWriteFile({
      filename,
      columnData: [
        { name: "item_id", data: [3n, 4n], type: "INT64" },
        { name: "click", data: [0n, 1n], type: "INT64" },
        { name: "propensity_score", data: [0.5, 0], type: "DOUBLE" },
        { name: "position", data: [1, 2], type: "INT32" },
        { name: "unrelated", data: ["x", "y"], type: "STRING" },
      ],
    });
    expect((await openLog(filename)).format).toBe("Open Bandit Parquet");
    expect(await read(filename)).toEqual([
      { line: 1, action: "3", position: 0, reward: 0, propensity: 0.5 },
      {
        line: 2,
        problem: "propensity_score must be in (0, 1], got 0; log the probability at decision time",
      },
    ]);
  });

  test.each(Object.entries(parquetFiles))("in %s is read", async (_, base64) => {
    const file = join(createTestFolder(), "log.parquet");
    writeFileSync(file, Buffer.from(base64, "base64"));
    const rows = Array.from({ length: 16 }, (_, index) => ({
      line: index + 1,
      action: index % 2 === 0 ? "a" : "b",
      position: 0,
      reward: index % 2 === 0 ? 1 : 0,
      propensity: index % 2 === 0 ? 0.5 : 0.25,
    }));
    expect(await read(file)).toEqual(rows);
  });

  test("whose pages are damaged is refused", async () => {
    const bytes = Buffer.from(parquetFiles.zstd, "base64").fill(0xff, 30, 60);
    const file = join(createTestFolder(), "log.parquet");
    writeFileSync(file, bytes);
    await expect(read(file)).rejects.toMatchObject({
      code: "invalid_file",
      message: expect.stringContaining("can't be read as Parquet"),
    });
  });

  test("that is none is refused", async () => {
    expect(await refusal(write("log.parquet", "no parquet at all"))).toMatch(
      /^invalid_file: .*log\.parquet can't be read as Parquet: .*; copy it again, or write it with zstd, snappy, gzip, brotli, lz4 or no compression$/,
    );
  });
});

test("what is no log is refused with what was expected", async () => {
  const empty = createTestFolder();
  const two = createTestFolder();
  for (const name of ["a.csv", "b.csv"]) writeFileSync(join(two, name), "");
  mkdirSync(join(empty, "deeper"));
  const refusals = await Promise.all(
    [
      join(empty, "none.csv"),
      empty,
      two,
      write("log.txt", ""),
      write("log.csv", ""),
      write("log.csv", "a,b\n"),
      write("log.jsonl", '{"a":1}\n'),
      write("log.csv", "itemId,reward,propensity,reward\na,1,0.5,0\n"),
    ].map((path) => refusal(path)),
  );
  const expected = [
    "does not exist; name a log of decisions",
    "must hold one log (.csv, .jsonl, .json, .dsjson, .parquet), found none; name the file",
    "must hold one log (.csv, .jsonl, .json, .dsjson, .parquet), found a.csv, b.csv; name the file",
    "must end in .csv, .jsonl, .json, .dsjson, .parquet; rename it",
    "is empty; a CSV file begins with a header row",
    "has no columns item_id, click, propensity_score or itemId, reward, propensity; it has a, b",
    "has no columns item_id, click, propensity_score or itemId, reward, propensity; it has a; name them with --columns",
    "repeats column 'reward'; keep one of them, or rename the others",
  ];
  for (const [index, text] of expected.entries()) expect(refusals[index]).toContain(text);
});

describe("columns of other names", () => {
  const values = { item: "a", clicked: 1, p: 0.5, pos: 0, user: 12, shown: "a|b", reward: 9 };
  const names = new Map([
    ["itemId", "item"],
    ["reward", "clicked"],
    ["propensity", "p"],
    ["userId", "user"],
    ["candidates", "shown"],
  ]);
  const row = { line: 1, action: "a", position: 0, reward: 1, propensity: 0.5 };
  const expected = { ...row, user: "12", candidates: ["a", "b"] };
  const csv = () =>
    write("log.csv", `${Object.keys(values).join()}\n${Object.values(values).join()}\n`);
  const parquet = () => {
    const filename = join(createTestFolder(), "log.parquet");
    const columnData = Object.entries(values).map(([name, value]) => ({ name, data: [value] }));
    parquetWriteFile({ filename, columnData });
    return filename;
  };
  const readAll = async (path: string) => {
    const rows = [];
    for await (const one of (await openLog(path, names)).read()) rows.push(one);
    return rows;
  };

  test("are read by their names in CSV, JSONL and Parquet", async () => {
    expect(await readAll(csv())).toEqual([{ ...expected, line: 2 }]);
    expect(await readAll(write("log.jsonl", JSON.stringify(values)))).toEqual([expected]);
    expect(await readAll(parquet())).toEqual([expected]);
  });

  test("that a log lacks, or that are none, are named with the remedy", async () => {
    for (const path of [csv(), parquet(), write("log.jsonl", JSON.stringify(values))]) {
      expect(await refusal(path, ["itemId", "item"], ["reward", "clickd"])).toMatch(
        /^invalid_file: .* has no column 'clickd' for reward; it has item, clicked, .*; did you mean --columns reward=clicked\?$/,
      );
      expect(await refusal(path, ["rewrd", "clicked"])).toBe(
        "invalid_request: --columns has 'rewrd=clicked', but no column is called 'rewrd' here; " +
          "did you mean 'reward'? choose among itemId, reward, propensity, position, userId, candidates",
      );
      expect(await refusal(path, ["reward", "clicked"])).toMatch(
        /has no column 'itemId'; it has .*; did you mean --columns itemId=item\?|name it with --columns itemId=<column>/,
      );
    }
    const dsjson = write("log.dsjson", '{"_label_cost":0}');
    expect(await refusal(dsjson, ["reward", "r"])).toMatch(
      /invalid_request: --columns is for tables, and .* is a VowpalWabbit dsjson; leave it out/,
    );
  });

  test("malformed values are named by the file's column", async () => {
    const path = write("log.csv", "item,clicked,p\na,often,0.5\n");
    const rows = [];
    const own = new Map([...names].slice(0, 3));
    for await (const one of (await openLog(path, own)).read()) rows.push(one);
    expect(rows).toEqual([
      { line: 2, problem: expect.stringContaining('clicked must be a finite number, got "often"') },
    ]);
  });
});
