import { readFileSync, writeFileSync } from "node:fs";
import { constants, getPriority } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import { decisionId, itemId, userId } from "../../src/domain/ids.ts";
import { openStore } from "../../src/engine/open-store.ts";
import type { RecurveClient } from "../../src/sdk/client.ts";
import { connect, eventually, fastDemo, startRecurve } from "../e2e/recurve.ts";
import { createTestFolder } from "../support/store.ts";

const candidates = ["a", "b", "c", "d"].map((id) => ({ itemId: id, features: { name: id } }));

interface Acknowledged {
  readonly decisionId: string;
  readonly itemId: string;
  readonly userId: string;
  readonly eventId: string | undefined;
}

/** Asks for slates and clicks on them until the server is gone; notes what was acknowledged. */
async function drive(client: RecurveClient, name: string, log: Acknowledged[]): Promise<void> {
  for (let turn = 0; ; turn++) {
    const user = `${name}-${turn % 5}`;
    const answer = await client.recommend({ userId: user, candidates }).catch(() => undefined);
    if (answer === undefined) return;
    const [shown] = answer.slate;
    const entry = { decisionId: answer.decisionId, itemId: shown!.itemId, userId: user };
    const eventId = `${name}/${turn}`;
    const sent = await client
      .sendEvents([{ type: "click", ...entry, eventId }])
      .catch(() => undefined);
    log.push({ ...entry, eventId: sent && eventId });
    if (sent === undefined) return;
  }
}

function readIntegrity(path: string): unknown {
  const database = new Database(path);
  const [row] = database.prepare("PRAGMA integrity_check").all([]);
  database.close();
  return row;
}

/** Process id of the learner that a server has started. */
function findLearner(serverPid: number): number | undefined {
  const children = readFileSync(`/proc/${serverPid}/task/${serverPid}/children`, "utf8");
  const pids = children.trim().split(" ").filter(Boolean);
  const learner = pids.find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("learn"),
  );
  return learner === undefined ? undefined : Number(learner);
}

/** A process that ended stays as a zombie where nobody waits for it. */
function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

test("what a server acknowledged before kill -9 is in the database, which is whole, and the loop goes on", {
  timeout: 60_000,
}, async () => {
  const folder = createTestFolder();
  const path = join(folder, "recurve.db");
  const [scenario] = fastDemo(100).scenarios;
  // On a busy machine a click comes later than the demo's second.
  const patient = { ...scenario!, reward: { ...scenario!.reward, windowSeconds: 60 } };
  writeFileSync(join(folder, "fast.json"), JSON.stringify({ scenarios: [patient] }));
  const words = ["serve", "--no-learner", "--config", "fast.json", "--port", "0"];
  const serving = startRecurve(folder, ...words);
  const client = await connect(serving);
  const log: Acknowledged[] = [];
  const drivers = Array.from({ length: 8 }, (_, index) => drive(client, `user-${index}`, log));
  await eventually(() => (log.length >= 300 ? true : undefined));
  serving.child.kill("SIGKILL");
  await Promise.all(drivers);
  expect((await serving.ended()).code).toBe("SIGKILL");

  expect(readIntegrity(path)).toEqual({ integrity_check: "ok" });
  const store = await openStore(path);
  const found = await Promise.all(
    log.map((entry) => store.decisions.find(decisionId(entry.decisionId))),
  );
  expect(found.map((feedback) => feedback?.decision.slate)).toEqual(
    log.map((entry) => [entry.itemId]),
  );
  const acknowledged = log.filter((entry) => entry.eventId !== undefined);
  expect(acknowledged.length).toBeGreaterThanOrEqual(292);
  const again = acknowledged.map((entry) => ({
    event: {
      type: "click",
      value: 1,
      occurredAt: 0,
      userId: userId(entry.userId),
      itemId: itemId(entry.itemId),
      eventId: entry.eventId!,
    },
  }));
  expect(new Set(await store.events.record(again))).toEqual(new Set(["duplicate"]));
  const rewards = new Map(
    found.map((feedback) => [feedback!.decision.decisionId, feedback!.rewards]),
  );
  const rewardOf = (entry: Acknowledged) => rewards.get(decisionId(entry.decisionId))?.[0];
  expect(new Set(acknowledged.map(rewardOf))).toEqual(new Set([1]));
  await store.close();

  const restarted = startRecurve(folder, ...words);
  const continued = await connect(restarted);
  const { decisionId: id } = await continued.recommend({ userId: "user-0-0", candidates });
  expect((await continued.getDecision(id)).asOf).toBeGreaterThanOrEqual(2 * acknowledged.length);
  expect((await continued.getHealth()).status).toBe("ok");
});

test.skipIf(process.platform !== "linux")(
  "a learner has a lower priority, is started again when it is killed while serving goes on, and ends with a server that is killed (needs /proc)",
  { timeout: 60_000 },
  async () => {
    const serving = startRecurve(createTestFolder(), "serve", "--port", "0");
    const client = await connect(serving);
    const pid = serving.child.pid!;
    const learnerOf = () => eventually(() => findLearner(pid));
    const first = await learnerOf();
    process.kill(first, "SIGKILL");
    await serving.waitFor(/the learner ended by SIGKILL; starting it again in 1 s/);
    expect((await client.getHealth()).status).toBe("ok");
    const second = await learnerOf();
    expect(second).not.toBe(first);
    const lower = constants.priority.PRIORITY_BELOW_NORMAL;
    await eventually(() => (getPriority(second) === lower ? true : undefined));
    serving.child.kill("SIGKILL");
    await eventually(() => (isRunning(second) ? undefined : true));
  },
);

test.skipIf(process.platform !== "linux")(
  "the configured priority reaches the learner's process (needs /proc)",
  { timeout: 60_000 },
  async () => {
    const folder = createTestFolder();
    const configuration = { ...fastDemo(50), learner: { priority: "low" } };
    writeFileSync(join(folder, "recurve.config.json"), JSON.stringify(configuration));
    const serving = startRecurve(folder, "serve", "--port", "0");
    await connect(serving);
    const learner = await eventually(() => findLearner(serving.child.pid!));
    const { PRIORITY_LOW: low } = constants.priority;
    await eventually(() => (getPriority(learner) === low ? true : undefined));
  },
);
