import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import { sampleDecision } from "../../../tests/support/sample.ts";
import { ann, openShop, shopConfiguration } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
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
});
