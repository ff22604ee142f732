import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { createSyntheticWorld } from "../../src/lab/worlds/synthetic-world.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { introduceWorld, playVisits, worldConfiguration } from "../support/play.ts";
import { createTestFolder } from "../support/store.ts";

const writer = join(import.meta.dirname, "learning-writer.ts");
const decisions = 200;
const hour = 3_600_000;
const world = createSyntheticWorld({ seed: 5, items: 40, users: 100 });
const configuration = worldConfiguration(world, decisions);

/** A database with just enough closed feedback for one cycle. */
async function createDatabase(path: string): Promise<void> {
  const store = await openStore(path);
  let ids = 0;
  const engine = await createEngine({
    store,
    configuration: parseConfiguration(configuration),
    clock: () => Date.now() - hour,
    random: createRandom(1),
    createId: () => `d-${++ids}`,
  });
  await introduceWorld(engine, world);
  const turns = Array.from({ length: decisions }, (_, turn) => turn);
  // At once, so that they share commits.
  await Promise.all(turns.map((turn) => playVisits(engine, world, [turn, turn + 1])));
  await engine.close();
  await store.close();
}

async function readState(path: string) {
  const database = new Database(path);
  const [integrity] = database.prepare("PRAGMA integrity_check").all([]);
  database.close();
  const store = await openStore(path);
  const state = {
    integrity,
    decisions: await store.decisions.count(),
    assignment: await store.policies.assignment("play"),
    versions: (await store.policies.list({ limit: 100 })).map(({ version }) => version),
    cycles: await store.cycles.list({ limit: 100 }),
  };
  await store.close();
  return state;
}

/** Runs a learner's cycle in a process of its own, killed at a look at the clock; without one it ends. */
async function learnUntil(path: string, look: number) {
  const words = ["--import", "tsx", writer, path, JSON.stringify(configuration), String(look)];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const [[code, signal], output] = await Promise.all([
    once(child, "close"),
    child.stdout.setEncoding("utf8").toArray(),
  ]);
  return { end: code ?? signal, looks: Number(output.join("")) };
}

const isFull = process.env.RECURVE_FULL !== undefined;

test.skipIf(!isFull)(
  "a learner killed in any stage of a cycle leaves everything as it was, and the next one runs the cycle (needs RECURVE_FULL)",
  {
    timeout: 120_000,
  },
  async () => {
    const folder = createTestFolder();
    const path = join(folder, "recurve.db");
    const reference = join(folder, "reference.db");
    await createDatabase(path);
    copyFileSync(path, reference);
    const before = await readState(path);
    expect(before).toMatchObject({
      integrity: { integrity_check: "ok" },
      decisions,
      versions: [2, 1],
      cycles: [],
    });

    const { end, looks } = await learnUntil(reference, 0);
    expect([end, looks]).toEqual([0, expect.any(Number)]);
    expect(looks).toBeGreaterThan(10);
    // From the first stage to the moment before the cycle is written.
    for (const share of [0.4, 0.8, 1]) {
      const { end: killed } = await learnUntil(path, Math.floor(share * looks));
      expect(killed).toBe("SIGKILL");
      expect(await readState(path)).toEqual(before);
    }

    expect(await learnUntil(path, 0)).toEqual({ end: 0, looks });
    const after = await readState(path);
    // Same feedback, same seed: the same policies and verdict as where nothing was killed.
    const untouched = await readState(reference);
    const { versions } = untouched;
    expect(versions.length).toBeGreaterThan(before.versions.length);
    expect(after).toMatchObject({ integrity: before.integrity, decisions, versions });
    const verdict = ({ cycles }: typeof after) =>
      cycles.map(({ outcome, reason }) => [outcome, reason]);
    expect(verdict(after)).toEqual(verdict(untouched));
    expect(after.cycles).toMatchObject([{ cycle: 1, scenario: "play", candidateVersion: 3 }]);
  },
);
