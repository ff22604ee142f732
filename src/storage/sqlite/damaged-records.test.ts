import { join } from "node:path";
import { expect, test } from "vitest";
import { samplePolicy } from "../../../tests/support/sample.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
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
