import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decisionId } from "../../src/domain/ids.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { createRandom } from "../../src/numeric/random.ts";
import type { RecurveClient } from "../../src/sdk/client.ts";
import { createTestFolder } from "../support/store.ts";
import { connect, fastDemo, runRecurve, startRecurve } from "./recurve.ts";

const configuration = fastDemo(100_000);
const items = ["a", "b", "c", "d"].map((itemId) => ({ itemId, attributes: { name: itemId } }));

/** Asks for slates and clicks on them until told to stop. */
function drive(client: RecurveClient) {
  let isOver = false;
  const visit = async (user: number) => {
    while (!isOver) {
      const userId = `user-${user}`;
      const { decisionId: id, slate } = await client.recommend({ userId });
      await client.sendEvents([
        { type: "click", userId, itemId: slate[0]!.itemId, decisionId: id },
      ]);
    }
  };
  const visitors = Promise.all(Array.from({ length: 8 }, (_, user) => visit(user)));
  return {
    stop: () => {
      isOver = true;
      return visitors;
    },
  };
}

/** Everything but the moment is the record's, so that equal records give equal bytes. */
async function answersOf(path: string): Promise<string> {
  const store = await openStore(path);
  let ids = 0;
  const engine = await createEngine({
    store,
    configuration: parseConfiguration(configuration),
    clock: () => 1_900_000_000_000,
    random: createRandom(7),
    createId: () => `answer-${++ids}`,
  });
  const answers: unknown[] = [];
  for (let user = 0; user < 20; user++)
    answers.push(await engine.recommend({ userId: `user-${user}` }));
  answers.push(await engine.health(), await engine.policies(), await engine.listItems());
  await engine.close();
  await store.close();
  return JSON.stringify(answers);
}

async function decisionsOf(path: string, ids?: readonly string[]) {
  const store = await openStore(path);
  const found = ids
    ? await Promise.all(ids.map(decisionId).map(store.decisions.find))
    : await store.decisions.recent(100_000);
  await store.close();
  return found.map((feedback) => feedback?.decision);
}

test("a backup under load is restored elsewhere: its decisions are those that were made, its audit is clean, and it answers byte for byte", {
  timeout: 120_000,
}, async () => {
  const folder = createTestFolder();
  writeFileSync(join(folder, "recurve.config.json"), JSON.stringify(configuration));
  const run = async (...words: readonly string[]) => {
    const { code, output } = await runRecurve(folder, ...words);
    expect([code, output]).toEqual([0, expect.any(String)]);
    return output;
  };
  const serving = startRecurve(folder, "serve", "--no-learner", "--port", "0");
  const client = await connect(serving);
  await client.putItems(items);
  const load = drive(client);
  expect(await run("backup", "busy.db")).toMatch(/busy\.db: \S+ MiB, copied from recurve\.db/);
  await load.stop();
  await run("backup", "calm.db");
  serving.child.kill("SIGTERM");
  await serving.ended();

  for (const name of ["busy", "calm"]) {
    await run("restore", `${name}.db`, "--database", `${name}-restored.db`);
    expect(await run("audit", "--database", `${name}-restored.db`)).toMatch(/findings +0\n/);
  }
  const busy = await decisionsOf(join(folder, "busy-restored.db"));
  expect(busy.length).toBeGreaterThan(0);
  const ids = busy.map((decision) => decision!.decisionId);
  expect(busy).toEqual(await decisionsOf(join(folder, "recurve.db"), ids));
  expect(await answersOf(join(folder, "calm-restored.db"))).toBe(
    await answersOf(join(folder, "recurve.db")),
  );
});

test("a restore does not overwrite a database, and names one that is missing", async () => {
  const folder = createTestFolder();
  await (await openStore(join(folder, "recurve.db"))).close();
  const again = await runRecurve(folder, "restore", "recurve.db");
  expect(again).toMatchObject({ code: 1, output: expect.stringContaining("(invalid_file)") });
  const missing = await runRecurve(folder, "backup", "copy.db", "--database", "none.db");
  expect(missing.output).toBe(
    "error: there is no database none.db; name one that exists (not_found)\n",
  );
});

test("the doctor exits with 1 if it finds a problem", async () => {
  const folder = createTestFolder();
  const { code, output } = await runRecurve(folder, "doctor");
  expect([code, output.split("\n").slice(0, 2)]).toEqual([
    1,
    [
      "ok       configuration the defaults",
      "problem  database      there is no file recurve.db: name it with --database, or create one with recurve serve",
    ],
  ]);
});
