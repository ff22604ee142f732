import { mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { openStore } from "../../engine/open-store.ts";

async function openFolder() {
  const folder = createTestFolder();
  const database = join(folder, "shop.db");
  const store = await openStore(database);
  await store.policies.apply({
    intervention: { scenario: "items", kind: "pause", madeAt: 5, by: "ada", reason: "sale" },
  });
  await store.trail.add({ kind: "erase", madeAt: 9, key: "ops" });
  await store.close();
  const run = async (...words: readonly string[]) => {
    const { exitCode, text } = await runCommand(...words, "--database", database);
    expect([words, exitCode, text]).toEqual([words, 0, expect.any(String)]);
    return text;
  };
  const trail = async () => JSON.parse(await run("trail", "--json")) as Record<string, unknown>[];
  return { folder, run, trail };
}

test("the trail has interventions and other deeds in one, newest first", async () => {
  const { run, trail } = await openFolder();
  expect(await trail()).toEqual([
    { kind: "erase", madeAt: 9, key: "ops" },
    { kind: "pause", madeAt: 5, subject: "items", by: "ada", reason: "sale" },
  ]);
  const text = await run("trail", "--limit", "1");
  expect(text).toMatch(/1970-01-01T00:00:00 │ erase │ – +│ – +│ ops │ –/);
  expect(text).not.toContain("pause");
});

test("commands that export, erase, copy or change keys are on it with the user of the machine, and without the users of the record", async () => {
  const { folder, run, trail } = await openFolder();
  mkdirSync(join(folder, "out"));
  await run("keys", "create", "--name", "shop", "--scope", "serve");
  await run("keys", "limit", "shop", "--rate", "5");
  await run("keys", "rotate", "shop");
  await run("keys", "revoke", "shop");
  await run("export", "events", "--output", join(folder, "out/events.jsonl"));
  await run("privacy", "export", "grace", "--output", join(folder, "grace.json"));
  await run("backup", join(folder, "copy.db"));
  await run("privacy", "erase", "grace");
  const { username: by } = userInfo();
  const found = (await trail()).slice(0, 8).map(({ madeAt: _, ...deed }) => deed);
  expect(found.toReversed()).toEqual([
    { kind: "create-key", subject: "shop", by },
    { kind: "limit-key", subject: "shop", by },
    { kind: "rotate-key", subject: "shop", by },
    { kind: "revoke-key", subject: "shop", by },
    { kind: "export", subject: join(folder, "out/events.jsonl"), by },
    { kind: "export", subject: "all rows of a user", by },
    { kind: "backup", subject: join(folder, "copy.db"), by },
    { kind: "erase", by },
  ]);
});

test("a missing database is named", async () => {
  const { exitCode, text } = await runCommand("trail", "--database", "none.db");
  expect([exitCode, text]).toEqual([1, expect.stringContaining("there is no database none.db")]);
});
