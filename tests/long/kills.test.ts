import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { batchesOf } from "../../src/contract/batches.ts";
import { decisionId, itemId, userId } from "../../src/domain/ids.ts";
import { inspectDatabase, openStore } from "../../src/engine/open-store.ts";
import type { RecurveClient } from "../../src/sdk/client.ts";
import { connect, eventually, fastDemo, startRecurve } from "../e2e/recurve.ts";
import { createTestFolder } from "../support/store.ts";

/** All of it takes half an hour on two cores, and three times that on busy ones: npm run test:long. */
const kills = process.env.RECURVE_LONG === undefined ? 2 : 200;
const writesOfKill = 500;
const candidates = ["a", "b"].map((id) => ({ itemId: id, features: {} }));
/** Writes that share a request are acknowledged together. */
const eventsOfRequest = 10;

interface Acknowledged {
  readonly decisionIds: string[];
  readonly eventIds: string[];
}

const eventOf = (eventId: string) => ({ type: "click", userId: "ada", itemId: "a", eventId });

/** Asks for slates and sends events until the server is gone; notes what was acknowledged. */
async function drive(client: RecurveClient, name: string, log: Acknowledged): Promise<void> {
  for (let turn = 0; ; turn++) {
    const made = await client.recommend({ userId: name, candidates }).catch(() => undefined);
    if (made === undefined) return;
    log.decisionIds.push(made.decisionId);
    const ids = Array.from({ length: eventsOfRequest }, (_, one) => `${name}/${turn}/${one}`);
    const sent = await client.sendEvents(ids.map(eventOf)).catch(() => undefined);
    if (sent === undefined) return;
    log.eventIds.push(...ids);
  }
}

async function countLost(path: string, { decisionIds, eventIds }: Acknowledged): Promise<number> {
  const store = await openStore(path);
  let lost = 0;
  for (const ids of batchesOf(decisionIds)) {
    const found = await Promise.all(ids.map(decisionId).map(store.decisions.find));
    lost += found.filter((decision) => decision === undefined).length;
  }
  for (const ids of batchesOf(eventIds)) {
    const again = ids.map((eventId) => ({
      event: {
        type: "click",
        value: 1,
        occurredAt: 0,
        eventId,
        userId: userId("ada"),
        itemId: itemId("a"),
      },
    }));
    const outcomes = await store.events.record(again);
    lost += outcomes.filter((outcome) => outcome !== "duplicate").length;
  }
  await store.close();
  return lost;
}

test(`of ${kills * writesOfKill} acknowledged writes and more none is lost by ${kills} kills of the server`, {
  timeout: 60_000 + kills * 60_000,
}, async () => {
  const folder = createTestFolder();
  const path = join(folder, "recurve.db");
  writeFileSync(join(folder, "recurve.config.json"), JSON.stringify(fastDemo(100_000)));
  const log: Acknowledged = { decisionIds: [], eventIds: [] };
  for (let kill = 1; kill <= kills; kill++) {
    const serving = startRecurve(folder, "serve", "--no-learner", "--port", "0");
    const client = await connect(serving);
    const drivers = Array.from({ length: 8 }, (_, one) => drive(client, `${kill}/${one}`, log));
    const enough = kill * writesOfKill;
    await eventually(() =>
      log.decisionIds.length + log.eventIds.length >= enough ? true : undefined,
    );
    serving.child.kill("SIGKILL");
    await Promise.all(drivers);
    await serving.ended();
    expect(inspectDatabase(path)?.damage).toEqual([]);
    const acknowledged = log.decisionIds.length + log.eventIds.length;
    if (kill % 10 === 0) console.log(`${kill} kills, ${acknowledged} acknowledged writes`);
  }
  expect(await countLost(path, log)).toBe(0);
});
