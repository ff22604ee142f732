import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { expect, test, vi } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import { sampleDecision } from "../../../tests/support/sample.ts";
import { ann, openShop, shopConfiguration } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { itemId } from "../../domain/ids.ts";
import { describeExport } from "./export-table.ts";

test("a whole export says how many decisions are open, and one that was broken off does not", () => {
  const rows = "decisions of scenario shop";
  const rest = "; 2 still wait for their reward";
  expect(describeExport(rows, { written: 5, rest })).toBe(
    "5 decisions of scenario shop exported; 2 still wait for their reward",
  );
  expect(describeExport(rows, { written: 5, rest: undefined })).toBe(
    "the reader stopped after at most 5 decisions of scenario shop; the rest was not exported",
  );
});

test("a table leaves by the format of its file, with the chosen columns and rows", async () => {
  const folder = createTestFolder();
  const [database, config] = ["recurve.db", "config.json"].map((name) => join(folder, name));
  writeFileSync(config!, JSON.stringify(shopConfiguration()));
  const { store, engine } = await openShop({ path: database! });
  await engine.record([
    { userId: ann, itemId: itemId("i-1"), type: "click", occurredAt: Date.UTC(2026, 1, 1) },
    { userId: ann, itemId: itemId("i-2"), type: "click", occurredAt: Date.UTC(2026, 1, 3) },
  ]);
  await store.close();
  const write = async (...words: readonly string[]) => {
    const files = ["--database", database!, "--config", config!];
    const { exitCode, text } = await runCommand("export", ...words, ...files);
    return { exitCode, text };
  };
  const since = ["events", "--from", "2026-02-02", "--columns", "itemId,value"];
  expect((await write(...since, "--output", join(folder, "e.csv"))).exitCode).toBe(0);
  expect(readFileSync(join(folder, "e.csv"), "utf8")).toBe("itemId,value\ni-2,1\n");
  expect((await write("items", "--output", join(folder, "i.parquet"))).exitCode).toBe(0);
  const file = await asyncBufferFromFile(join(folder, "i.parquet"));
  const items = await parquetReadObjects({ file, columns: ["itemId", "categories"] });
  expect(items.slice(0, 2)).toEqual([
    { itemId: "i-0", categories: ["drama"] },
    { itemId: "i-1", categories: ["comedy"] },
  ]);
  const refused = await write("users", "--columns", "userId,age");
  expect([refused.exitCode, refused.text]).toEqual([
    1,
    expect.stringContaining(
      "--columns has age; choose among userId, attributes, consent, sequence",
    ),
  ]);
});

test("closed decisions are written, and those that are open counted", async () => {
  const folder = createTestFolder();
  const [database, config, output] = ["recurve.db", "config.json", "shop.jsonl"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(config, JSON.stringify(shopConfiguration()));
  const { store, engine } = await openShop({ path: database });
  await engine.recommend({ userId: ann });
  await store.decisions.append(sampleDecision("open", { scenario: "shop", expiresAt: 1e15 }));
  await store.close();
  const ended = runCommand(
    ...["export", "decisions", "--database", database, "--config", config, "--output", output],
  );
  const { calls } = vi.mocked(process.stderr.write).mock;
  expect((await ended).exitCode).toBe(0);
  expect(calls.map(([text]) => text)).toEqual([
    "1 decisions of scenario shop exported; 1 still wait for their reward\n",
  ]);
  expect(readFileSync(output, "utf8").trimEnd().split("\n")).toHaveLength(1);
  const files = ["--database", database, "--config", config];
  const dsjson = output.replace(/jsonl$/, "dsjson");
  await runCommand("export", "decisions", ...files, "--output", dsjson);
  const choices = readFileSync(dsjson, "utf8").trimEnd().split("\n");
  expect(choices.map((line) => JSON.parse(line).c._multi.length)).toEqual([6, 5]);
  const refused = await runCommand(
    ...["export", "decisions", ...files, "--format", "dsjson", "--columns", "arm"],
  );
  expect([refused.exitCode, refused.text]).toEqual([
    1,
    expect.stringContaining("--columns is for tables, and dsjson has no columns"),
  ]);
});

test("Open Bandit Pipeline's arrays and RecBole's files are folders, which are never overwritten", async () => {
  const folder = createTestFolder();
  const [database, config] = ["recurve.db", "config.json"].map((name) => join(folder, name));
  writeFileSync(config!, JSON.stringify(shopConfiguration()));
  const { store, engine } = await openShop({ path: database! });
  await engine.recommend({ userId: ann });
  await store.close();
  const files = ["--database", database!, "--config", config!];
  const write = (name: string) => runCommand("export", name, join(folder, name), ...files);
  expect((await write("obp")).exitCode).toBe(0);
  expect(readdirSync(join(folder, "obp"))).toEqual([
    ...["actions.parquet", "manifest.json", "rounds.parquet"],
  ]);
  expect((await write("recbole")).exitCode).toBe(0);
  expect(readdirSync(join(folder, "recbole"))).toEqual([
    ...["recbole.inter", "recbole.item", "recbole.user"],
  ]);
  const again = await write("recbole");
  expect([again.exitCode, again.text]).toEqual([1, expect.stringContaining("is not empty")]);
});
