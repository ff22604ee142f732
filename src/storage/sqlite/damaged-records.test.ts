import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleDecision, samplePolicy } from "../../../tests/support/sample.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { decisionId } from "../../domain/ids.ts";
import { openConnection } from "./connection.ts";
import { openSqliteStore } from "./open.ts";

const cycle = {
  ...({ scenario: "shop", outcome: "skipped", reason: "too little memory" } as const),
  startedAt: 1,
  finishedAt: 2,
  throughSequence: 3,
  record: { seed: 1 },
};

/** Two cycles and two policies, of which the second ones are damaged by the SQL that sets their text. */
async function openDamaged(text: string) {
  const path = join(createTestFolder(), "recurve.db");
  const store = await openSqliteStore(path);
  await store.policies.apply({ cycle: () => cycle, add: [samplePolicy(), samplePolicy()] });
  await store.policies.apply({ cycle: () => cycle });
  await store.close();
  const connection = openConnection(path);
  connection.prepare("UPDATE cycles SET record = ? WHERE cycle = 2").run(text);
  connection.prepare("UPDATE policy_snapshots SET evidence = ? WHERE version = 2").run(text);
  connection.close();
  return openSqliteStore(path);
}

test.each([
  ["half of a text", '{"reason":', /^the stored text is not JSON/],
  ["a list", "[]", /^the stored text: .*expected object/],
  ["another type", '{"reason":7,"seed":"one"}', /^(reason: .*string|seed: .*number)/],
])("%s damages its own row alone, and the row says so", async (_, text, message) => {
  const store = await openDamaged(text);
  const damage = expect.stringMatching(message);
  expect(await store.cycles.list({ limit: 9 })).toEqual([
    { ...cycle, cycle: 2, record: { damage } },
    { ...cycle, cycle: 1 },
  ]);
  expect(await store.policies.list({ limit: 9 })).toMatchObject([
    { version: 2, status: "serving", evidence: { damage } },
    { version: 1, evidence: { reason: "sample" } },
  ]);
  await store.close();
});

test("a decision that can't be read is named, one by one and in lists, and the others are read", async () => {
  const path = join(createTestFolder(), "recurve.db");
  const store = await openSqliteStore(path);
  await store.decisions.append(sampleDecision("whole"), sampleDecision("damaged"));
  await store.close();
  const connection = openConnection(path);
  connection.prepare("UPDATE decisions SET slate = '[1' WHERE decision_id = 'damaged'").run();
  connection.close();
  const { decisions, close } = await openSqliteStore(path);
  const { scenario } = sampleDecision("whole");
  const before = { decidedAt: Number.MAX_SAFE_INTEGER };
  for (const read of [
    () => decisions.find(decisionId("damaged")),
    () => decisions.list({ scenario, from: 0, before, limit: 9 }),
  ])
    await expect(read()).rejects.toMatchObject({
      code: "storage_unavailable",
      message: expect.stringMatching(/^decision 'damaged': column slate must hold JSON/),
    });
  expect(await decisions.find(decisionId("whole"))).toBeDefined();
  await close();
});
