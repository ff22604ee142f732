import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { openStore } from "../../engine/open-store.ts";
import { demoConfiguration } from "../demo/demo-configuration.ts";

beforeEach(() => {
  vi.stubEnv("OLD_KEY", "o".repeat(40));
  vi.stubEnv("NEW_KEY", "n".repeat(40));
  return () => void vi.unstubAllEnvs();
});

const key = (variable: string) => ({ variable });

function openRecord() {
  const folder = createTestFolder();
  const database = join(folder, "shop.db");
  const config = join(folder, "config.json");
  const configure = (pseudonyms?: object) =>
    writeFileSync(
      config,
      JSON.stringify({
        scenarios: demoConfiguration.scenarios,
        privacy: { ...(pseudonyms && { pseudonyms }) },
      }),
    );
  const files = ["--database", database, "--config", config];
  const privacy = (...words: readonly string[]) => runCommand("privacy", ...words, ...files);
  const importRows = async (kind: string, rows: readonly object[]) => {
    const file = join(folder, `${kind}.jsonl`);
    writeFileSync(file, rows.map((row) => JSON.stringify(row)).join("\n"));
    return runCommand("import", kind, file, ...files);
  };
  const exportRows = async (kind: string, ...words: readonly string[]) => {
    const { text } = await runCommand("export", kind, ...words, ...files);
    return text === ""
      ? []
      : text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line));
  };
  return { database, configure, privacy, importRows, exportRows };
}

test("the pseudonym of an imported user is found, also under the next key, and the old key is retired once nobody is under it", async () => {
  const { database, configure, privacy, importRows } = openRecord();
  configure({ key: key("OLD_KEY") });
  const users = ["ada", "bob"].map((userId) => ({ userId }));
  expect((await importRows("users", users)).exitCode).toBe(0);
  const pseudonym = (await privacy("pseudonym", "ada")).text;
  expect(pseudonym).toMatch(/^u_[\w-]{22}\n$/);
  expect(await privacy("pseudonym", "eve")).toMatchObject({
    exitCode: 1,
    text: expect.stringMatching(/no user 'eve' in the record/),
  });

  configure({ key: key("NEW_KEY"), previous: [key("OLD_KEY")] });
  expect((await privacy("pseudonym", "ada")).text).toBe(pseudonym);
  await importRows("users", users.slice(1));
  const shown = (await privacy("keys")).text;
  expect(shown).toMatch(/[0-9a-f]{16} │ .* │ 1 {5}│ previous/);
  expect(shown).toMatch(/[0-9a-f]{16} │ .* │ 1 {5}│ present/);
  const store = await openStore(database);
  const [old] = await store.pseudonyms.keys();
  await store.close();
  expect(await privacy("retire", old!.key)).toMatchObject({
    exitCode: 1,
    text: expect.stringMatching(/^error: 1 user of the key .* did not come since/),
  });
  expect((await privacy("retire", old!.key, "--with-users")).text).toBe(
    `key ${old!.key} is retired, with 1 user\n`,
  );
  configure({ key: key("NEW_KEY") });
  expect((await privacy("pseudonym", "ada")).exitCode).toBe(1);
  expect((await privacy("pseudonym", "bob")).exitCode).toBe(0);
  const [last] = (await privacy("keys")).text.match(/[0-9a-f]{16}/) ?? [];
  expect((await privacy("retire", last!)).text).toMatch(/the record's only key/);
});

test("a user who is erased by the id that callers send leaves no pseudonym and no consent", async () => {
  const { configure, privacy, importRows, exportRows } = openRecord();
  configure({ key: key("OLD_KEY") });
  const users = ["ada", "bob"].map((userId) => ({ userId, consent: { train: true } }));
  await importRows("users", users);
  const pseudonym = (await privacy("pseudonym", "ada")).text.trim();
  const ended = privacy("erase", "ada");
  const { calls } = vi.mocked(process.stderr.write).mock;
  const { exitCode, text } = await ended;
  // The person's own check of the receipt, as the guide has it.
  expect(calls.map(([line]) => String(line)).join("")).toContain(
    `the receipt commits to pseudonym ${pseudonym}: give it to the person`,
  );
  const { salt, commitment } = JSON.parse(text).person;
  const hmac = createHmac("sha256", Buffer.from(salt, "hex")).update(pseudonym);
  expect(hmac.digest("hex")).toBe(commitment);
  expect([exitCode, text]).toEqual([0, expect.stringMatching(/"consents":1,"pseudonyms":1/)]);
  expect((await privacy("pseudonym", "ada")).text).toMatch(/no user 'ada' in the record/);
  expect(await exportRows("users")).toHaveLength(1);
  // Who never came has nothing to erase.
  expect((await privacy("erase", "eve")).text).toMatch(/"consents":0,"pseudonyms":0/);
});

test("a record under raw ids moves to one with pseudonyms by its exports, consent included", async () => {
  const raw = openRecord();
  raw.configure();
  const users = [{ userId: "ada", consent: { train: false } }, { userId: "bob" }];
  await raw.importRows("users", users);
  const click = { type: "click", itemId: "tea", occurredAt: "2026-01-01T00:00:00.000Z" };
  await raw.importRows("events", [
    { ...click, userId: "ada" },
    { ...click, userId: "bob", consent: { personalise: false } },
  ]);
  await raw.importRows("edges", [{ userId: "ada", type: "friend", to: "bob" }]);
  expect(await raw.privacy("pseudonym", "ada")).toMatchObject({ exitCode: 1 });
  expect((await raw.privacy("keys")).text).toMatch(/no pseudonym keys/);
  expect((await raw.exportRows("users")).map(({ userId }) => userId)).toEqual(["bob"]);
  expect((await raw.exportRows("events")).map(({ userId }) => userId)).toEqual(["bob"]);

  const moved = openRecord();
  moved.configure({ key: key("NEW_KEY") });
  for (const kind of ["users", "events"])
    await moved.importRows(kind, await raw.exportRows(kind, "--with-refusers"));
  await moved.importRows("edges", await raw.exportRows("edges", "--with-refusers"));
  const [ada] = (await moved.privacy("pseudonym", "ada")).text.split("\n");
  const all = await moved.exportRows("users", "--with-refusers");
  expect(all).toContainEqual({ userId: ada, attributes: {}, consent: { train: false } });
  const events = await moved.exportRows("events");
  expect(events).toMatchObject([{ type: "click", consent: { personalise: false } }]);
  const edges = await moved.exportRows("edges", "--with-refusers");
  expect(edges).toMatchObject([{ type: "friend" }]);
  expect(edges.flatMap(({ userId, to }) => [userId, to])).toContain(ada);
  expect(JSON.stringify([...all, ...events, ...edges])).not.toMatch(/ada|bob/);
});
