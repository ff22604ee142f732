import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import { sampleEvent } from "../../../tests/support/sample.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { parseConfiguration } from "../../engine/configuration/configuration.ts";
import { createKey } from "../../engine/keys/manage-keys.ts";
import { ensurePolicies } from "../../engine/learner/promote.ts";
import { openStore, type Store } from "../../engine/open-store.ts";
import { costOf, planPrivately } from "../../learning/privacy/plan.ts";
import { nothingSpent } from "../../numeric/privacy/accountant.ts";
import type { DoctorOptions } from "./check.ts";
import { diagnose } from "./diagnose.ts";

const configuration = {
  scenarios: [
    {
      name: "shop",
      slateSize: 1,
      excludeSeen: false,
      reward: { weights: { click: 1 }, windowSeconds: 60, maximum: 1 },
    },
  ],
};

/** A record with its configuration, in the state that `arrange` leaves, and the problems that are found by name. */
async function openRecord(arrange: (store: Store) => Promise<unknown> = async () => {}) {
  const folder = createTestFolder();
  const database = join(folder, "shop.db");
  const config = join(folder, "recurve.config.json");
  writeFileSync(config, JSON.stringify(configuration));
  const store = await openStore(database);
  await ensurePolicies({
    store,
    configuration: parseConfiguration(configuration),
    now: Date.now(),
  });
  await store.heartbeats.beat(Date.now());
  await arrange(store);
  await store.close();
  const run = (changed: Partial<DoctorOptions> = {}) =>
    diagnose({ database, config, host: "127.0.0.1", ...changed });
  const problems = async (changed: Partial<DoctorOptions> = {}) =>
    (await run(changed))
      .filter(({ isProblem }) => isProblem)
      .map(({ name, text }) => `${name}: ${text}`);
  return { database, config, run, problems };
}

test("a record that is well has no problem, and stays as it is", async () => {
  const { database, run } = await openRecord();
  const before = readFileSync(database);
  expect((await run()).map(({ name, isProblem }) => [name, isProblem])).toEqual(
    [
      ...["configuration", "database", "disk", "access"],
      ...["policies", "learner", "cycles", "erasures", "privacy"],
    ].map((name) => [name, false]),
  );
  expect(readFileSync(database).equals(before)).toBe(true);
});

test("a missing database is not created", async () => {
  const { problems, database } = await openRecord();
  const missing = `${database}-none`;
  expect(await problems({ database: missing })).toEqual([
    `database: there is no file ${missing}: name it with --database, or create one with recurve serve`,
  ]);
  expect(existsSync(missing)).toBe(false);
});

test("a truncated database is damaged, and a text is none", async () => {
  const { database, problems, config } = await openRecord((store) =>
    store.events.record(Array.from({ length: 3000 }, () => ({ event: sampleEvent() }))),
  );
  truncateSync(database, Math.floor(readFileSync(database).length / 2 / 4096) * 4096);
  expect(await problems()).toEqual([expect.stringMatching(/^database: .*restore/)]);
  expect(await problems({ database: config })).toEqual([
    expect.stringMatching(/^database: the file is not a database/),
  ]);
});

test("an earlier schema is named, and not changed", async () => {
  const { database, problems } = await openRecord();
  const file = new Database(database);
  file.exec("PRAGMA user_version = 3");
  file.close();
  expect(await problems()).toEqual([
    expect.stringMatching(
      /^database: .* has version 3 of the schema, this program writes \d+: recurve backup/,
    ),
  ]);
  const again = new Database(database);
  expect(again.prepare("PRAGMA user_version").get([])).toMatchObject({ user_version: 3 });
  again.close();
});

test("a wrong configuration is a problem with its fields", async () => {
  const { config, problems } = await openRecord();
  writeFileSync(config, JSON.stringify({ ...configuration, canaryShare: 2 }));
  expect(await problems()).toEqual([expect.stringMatching(/^configuration: .*canaryShare is 2/)]);
});

test("an address of the network needs keys", async () => {
  const open = await openRecord();
  expect(await open.problems({ host: "0.0.0.0" })).toEqual([
    expect.stringMatching(/^access: host is 0\.0\.0\.0.*make one with recurve keys create/),
  ]);
  const guarded = await openRecord((store) =>
    createKey(store, { name: "ops", scopes: ["admin"], now: Date.now() }),
  );
  expect(await guarded.problems({ host: "0.0.0.0" })).toEqual([]);
});

test("a learner that is away, and a last cycle that failed, are problems", async () => {
  const cycle = { scenario: "shop", outcome: "failed", record: {}, throughSequence: 0 } as const;
  const { problems } = await openRecord(async (store) => {
    await store.heartbeats.beat(Date.now() - 3_600_000);
    await store.policies.apply({
      cycle: () => ({
        ...cycle,
        reason: "the cycle failed: no memory",
        startedAt: 0,
        finishedAt: 1,
      }),
    });
  });
  expect(await problems()).toEqual([
    expect.stringMatching(/^learner: seen 60 min ago: start recurve serve or recurve learn/),
    "cycles: last cycle of shop failed: the cycle failed: no memory",
  ]);
});

test("a policy that can't be read is a problem", async () => {
  const { database, problems } = await openRecord();
  const file = new Database(database);
  file.exec("UPDATE policy_bytes SET bytes = x'00'");
  file.close();
  expect(await problems()).toEqual([expect.stringMatching(/^policies: /)]);
});

test("a privacy budget is told, and a spent one is a problem", async () => {
  const settings = { delta: 1e-6, clip: 0.5, samplingRate: 0.02, epsilon: 8, trainings: 1 };
  const privacy = { differential: { epsilon: 8, trainings: 1 } };
  const { config, run, problems } = await openRecord(async (store) => {
    const plan = planPrivately(settings, { curve: nothingSpent, trainings: 0 })!;
    const curve = costOf(plan, plan.steps);
    const bytes = Buffer.from(JSON.stringify({ curve, trainings: 1 }));
    await store.policies.apply({ checkpoints: [{ name: "privacy/spent", bytes }] });
  });
  writeFileSync(config, JSON.stringify({ ...configuration, privacy }));
  expect(await problems()).toEqual([
    expect.stringMatching(/^privacy: the privacy budget is spent: 1 training used ε 8\.00 of 8/),
  ]);
  const raised = { differential: { epsilon: 12, trainings: 2 } };
  writeFileSync(config, JSON.stringify({ ...configuration, privacy: raised }));
  const check = (await run()).find(({ name }) => name === "privacy");
  expect(check).toMatchObject({
    isProblem: false,
    text: "ε 8.00 at δ 0.000001 of a budget of 12 is spent, by 1 training of 2",
  });
});
