import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import { filesWith, openPeopledShop, person } from "../../../tests/support/erased-shop.ts";
import { assign, shopConfiguration, shopSnapshot } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";

/** A database with visits and a policy after them, and commands on it. */
async function openCommands() {
  const folder = createTestFolder();
  const config = join(folder, "config.json");
  const rest = { learner: { encoder: { minutes: 0 } } };
  const { store, engine, path: database, visit } = await openPeopledShop({ rest });
  writeFileSync(config, JSON.stringify(shopConfiguration({ scenario: { social: {} }, rest })));
  await visit(2);
  await assign(store, { serving: shopSnapshot(2) });
  const run = (...words: readonly string[]) =>
    runCommand(...words, "--database", database, "--config", config);
  const plain = (...words: readonly string[]) => runCommand(...words, "--database", database);
  const receipt = join(folder, "receipt.json");
  return { store, engine, database, folder, receipt, run, plain };
}

test("a user is erased, the receipt verifies, and fails once it was changed", async () => {
  const { run, plain, receipt, database } = await openCommands();
  expect((await run("privacy", "erase", person, "--receipt", receipt)).exitCode).toBe(0);
  expect(filesWith(database, person)).toEqual([]);
  expect(readFileSync(receipt, "utf8")).not.toContain(person);
  const verified = await plain("privacy", "verify", receipt);
  expect(verified.text.split("\n")).toEqual([
    "signature            valid, of this database",
    "on record            yes",
    "rows of the user     0 from before the erasure, 0 since",
    "policies to replace  4 of shop",
    "policies replaced    none",
    "",
  ]);
  expect((await run("privacy", "relearn")).text).toContain("policy 3, which never saw them");
  expect((await plain("privacy", "verify", receipt)).text).toContain(
    "policies to replace  none\npolicies replaced    4 of shop",
  );
  const changed = { ...JSON.parse(readFileSync(receipt, "utf8")), sequence: 1 };
  writeFileSync(receipt, JSON.stringify(changed));
  expect(await plain("privacy", "verify", receipt)).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining("was changed after it was signed"),
  });
});

test("a receipt that would overwrite a file is refused before anything is erased", async () => {
  const { run, store, receipt } = await openCommands();
  writeFileSync(receipt, "mine");
  const { exitCode, text } = await run("privacy", "erase", person, "--receipt", receipt);
  expect([exitCode, text]).toEqual([1, expect.stringContaining("EEXIST")]);
  expect(await store.decisions.count()).toBe(8);
});

test("a receipt in a folder that is missing is refused before anything is erased, and one of no erasure leaves no file", async () => {
  const { run, store, receipt, folder } = await openCommands();
  const lost = await run("privacy", "erase", person, "--receipt", join(folder, "no", "ada.json"));
  expect(lost).toMatchObject({
    exitCode: 1,
    text: expect.stringMatching(/ada\.json can't be written: ENOENT.*\(invalid_file\)/),
  });
  expect(await store.decisions.count()).toBe(8);
  const missing = ["--receipt", receipt, "--database", join(folder, "no.db")];
  expect((await runCommand("privacy", "erase", person, ...missing)).exitCode).toBe(1);
  expect(existsSync(receipt)).toBe(false);
});

test("files that were written before are on the receipt, and a restored copy loses the user again", async () => {
  const { run, plain, receipt, database, folder, store } = await openCommands();
  const backup = join(folder, "monday.db");
  const table = join(folder, "decisions.csv");
  await plain("backup", backup);
  await run("export", "decisions", "--output", table);
  await run("export", "items", "--output", join(folder, "items.csv"));
  await run("privacy", "erase", person, "--receipt", receipt);
  expect(JSON.parse(readFileSync(receipt, "utf8")).files).toMatchObject([
    { kind: "backup", path: backup },
    { kind: "export", path: table },
  ]);
  await store.close();
  const lost = join(folder, "lost.db");
  for (const end of ["", "-wal", "-shm"])
    if (existsSync(`${database}${end}`)) renameSync(`${database}${end}`, `${lost}${end}`);
  expect((await plain("restore", backup)).text).toContain("1 receipt read, 1 user erased again");
  expect(filesWith(database, person)).toEqual([]);
  expect((await plain("privacy", "verify", receipt)).text).toContain("on record            yes");
  // Elsewhere the list has to be named, and without it the copy is found out.
  const other = join(folder, "other.db");
  await runCommand("restore", backup, "--database", other);
  expect(await runCommand("privacy", "verify", receipt, "--database", other)).toMatchObject({
    exitCode: 1,
    text: expect.stringMatching(/holds \d+ rows of the user from before the erasure/),
  });
  const named = join(folder, "named.db");
  await runCommand("restore", backup, "--database", named, "--erasures", receipt);
  expect(filesWith(named, person)).toEqual([]);
  expect(readFileSync(`${named}-erasures.jsonl`, "utf8").trim().split("\n")).toHaveLength(1);
});

test("a restore that can't read its list leaves no database", async () => {
  const { plain, database, folder } = await openCommands();
  const backup = join(folder, "monday.db");
  await plain("backup", backup);
  const target = join(folder, "restored.db");
  const bad = join(folder, "bad.json");
  writeFileSync(bad, "{}");
  const restore = () => runCommand("restore", backup, "--database", target, "--erasures", bad);
  expect(await restore()).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining("the receipt has a wrong field"),
  });
  expect(filesWith(target, "")).toEqual([]);
  expect(filesWith(database, person)).not.toEqual([]);
});

test("rows are removed by hand, and all rows of a user are shown, those that refuse a use too", async () => {
  const { run, folder, engine, receipt, database } = await openCommands();
  const consent = { personalise: false };
  await engine.putUsers([
    { userId: person, attributes: { note: `about ${person}` }, consent: { train: false } },
  ]);
  await engine.record([{ type: "click", userId: person, itemId: "i-1", consent }]);
  const output = join(folder, `${person}.json`);
  expect((await run("privacy", "export", person, "--output", output)).exitCode).toBe(0);
  expect(JSON.parse(readFileSync(output, "utf8"))).toMatchObject({
    userId: person,
    attributes: { note: `about ${person}` },
    consent: { train: false },
    events: [{ type: "click" }, { type: "click" }, { type: "click", consent }],
    decisions: [{ decision: { userId: person } }, { decision: { userId: person } }],
    revisions: [{ attributes: { note: `about ${person}` } }],
    consents: [{ consent: { train: false } }],
    edges: [
      { type: "friend", to: "user-1" },
      { type: "follow", to: person },
    ],
    reactions: [],
  });
  await run("privacy", "erase", person, "--receipt", receipt);
  expect(JSON.parse(readFileSync(receipt, "utf8")).files).toMatchObject([
    { kind: "export", path: join(folder, "<user>.json") },
  ]);
  expect(filesWith(database, person)).toEqual([]);
  expect(readFileSync(receipt, "utf8")).not.toContain(person);
  expect(await run("privacy", "prune", "--compact")).toMatchObject({
    exitCode: 0,
    text: "nothing removed\n",
  });
});
