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
  expect(describeExport("choices", { written: 1, rest: "" })).toBe("1 choice exported");
  expect(describeExport(rows, { written: 5, rest: undefined })).toBe(
    "the output ended after at most 5 decisions of scenario shop; the rest was not exported",
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
  const ended = await write("events", "--from", "2026-03-02", "--to", "2026-03-01");
  expect(ended).toEqual({
    exitCode: 1,
    text: expect.stringContaining("--from must be before --to, got 2026-03-02T00:00:00.000Z and"),
  });
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
    "1 decision of scenario shop exported; 1 still waits for its reward\n",
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

test("every export leaves refusers of training out and says how many rows that were, and --with-refusers takes them along", async () => {
  const folder = createTestFolder();
  const [database, config] = ["recurve.db", "config.json"].map((name) => join(folder, name));
  const scenario = { social: {} };
  writeFileSync(config!, JSON.stringify(shopConfiguration({ scenario })));
  const { store, engine, advance } = await openShop({ path: database!, scenario });
  const users = ["ann", "ben", "eve"];
  await engine.putUsers(users.map((userId) => ({ userId, attributes: {} })));
  await engine.putUsers([{ userId: "eve", attributes: {}, consent: { train: false } }]);
  await engine.putEdges([
    { userId: "ann", type: "friend", to: "ben" },
    { userId: "ann", type: "follow", to: "eve" },
    { userId: "ben", type: "friend", to: "eve" },
  ]);
  for (const userId of users) {
    await engine.record([{ userId, itemId: "i-1", type: "click" }]);
    await engine.recommend({ userId });
  }
  advance(1e6);
  await store.close();
  const tell = async (name: string, file: string, ...words: readonly string[]) => {
    const output = join(folder, `${words.length}-${file}`);
    const target = name === "obp" || name === "recbole" ? [output] : ["--output", output];
    const files = ["--database", database!, "--config", config!];
    const ended = runCommand("export", name, ...target, ...files, ...words);
    const { calls } = vi.mocked(process.stderr.write).mock;
    await ended;
    const text = calls.map(([line]) => String(line)).join("");
    return text.trim().split("\n").at(-1)?.replaceAll(`${folder}/`, "");
  };
  expect(await tell("edges", "edges.csv")).toBe(
    "1 edge exported; 2 edges that refuse training are left out",
  );
  expect(await tell("users", "users.csv")).toBe(
    "2 users exported; 1 user that refuses training is left out",
  );
  expect(await tell("events", "events.csv")).toBe(
    "2 events exported; 1 event that refuses training is left out",
  );
  expect(await tell("events", "events.csv", "--from", "2020-01-01")).toContain(
    "; 1 event of the whole record that refuses training is left out",
  );
  for (const file of ["decisions.csv", "decisions.dsjson", "obp"])
    expect(await tell(file.replace(/\..*/, ""), file)).toMatch(
      /; 1 decision that refuses training is left out$/,
    );
  expect(await tell("recbole", "shop")).toBe(
    "0-shop.inter, 0-shop.item, 0-shop.user are in 0-shop; 1 event that refuses training is left out; 1 user that refuses training is left out",
  );
  expect(readFileSync(join(folder, "0-edges.csv"), "utf8")).not.toContain("eve");
  expect(await tell("edges", "all.csv", "--with-refusers")).toBe("3 edges exported");
  expect(await tell("obp", "all", "--with-refusers")).not.toContain("left out");
  expect(await tell("recbole", "all-shop", "--with-refusers")).not.toContain("left out");
});
