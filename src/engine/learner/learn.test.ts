import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openTestEngine } from "../../../tests/support/engine.ts";
import { introduceWorld, playVisits, worldConfiguration } from "../../../tests/support/play.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import type { Cycle } from "../../domain/cycle.ts";
import { createSyntheticWorld } from "../../lab/worlds/synthetic-world.ts";
import type { PolicyChange } from "../../storage/policy-store.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { openStore } from "../open-store.ts";
import { learn } from "./learn.ts";

const world = createSyntheticWorld({ seed: 3, items: 30, users: 60 });
const minDecisions = 100;

/** An engine with the world in it; `look` lets the learner look so many times, 10 seconds apart. */
async function openLoop(learner: Readonly<Record<string, number>> = {}, path?: string) {
  const own = worldConfiguration(world, minDecisions, learner);
  const opened = await openTestEngine(own, path);
  onTestFinished(opened.close);
  await introduceWorld(opened.engine, world);
  const errors: string[] = [];
  const look = async (times: number, store = opened.store): Promise<Cycle[]> => {
    const stop = new AbortController();
    const cycles: Cycle[] = [];
    let looks = 0;
    await learn({
      store,
      configuration: parseConfiguration(own),
      clock: opened.clock,
      seed: 1,
      threads: 1,
      signal: stop.signal,
      onCycle: (cycle) => cycles.push(cycle),
      onError: (error, scenario) => errors.push(`${scenario}: ${error.message}`),
      wait: async (milliseconds) => {
        opened.advance(milliseconds / 1000);
        if (++looks === times) stop.abort();
      },
    });
    return cycles;
  };
  return { ...opened, look, errors };
}

test("a cycle starts when enough decisions have closed windows, and not again before as many are new", async () => {
  const { engine, advance, look } = await openLoop();
  await playVisits(engine, world, [0, minDecisions]);
  expect(await look(3)).toEqual([]);
  advance(60);
  const [first, ...more] = await look(3);
  expect(more).toEqual([]);
  expect(first).toMatchObject({ scenario: "play", policyVersion: 1 });
  expect(first!.record.feedback).toMatchObject({ newDecisions: minDecisions });
  await playVisits(engine, world, [minDecisions, 2 * minDecisions - 1]);
  advance(60);
  expect(await look(2)).toEqual([]);
});

test("a cycle that fails is recorded, leaves the policies as they are, and is tried again later and later", async () => {
  const { engine, store, advance, look, errors } = await openLoop();
  await playVisits(engine, world, [0, minDecisions]);
  advance(60);
  const bytes = new Uint8Array([1, 2, 3]);
  const broken = { kind: "network", status: "serving", createdAt: 0, evidence: {} } as const;
  await store.policies.apply({
    add: [{ ...broken, scenario: "play", bytes }],
    assign: ([serving = 0]) => ({ scenario: "play", assignment: { serving, canaryShare: 0 } }),
  });
  const before = await store.policies.assignment("play");
  const failed = await look(8);
  expect(failed.map(({ outcome, throughSequence }) => [outcome, throughSequence])).toEqual([
    ["failed", 0],
    ["failed", 0],
    ["failed", 0],
  ]);
  const [first, second, third] = failed.map(({ startedAt }) => startedAt);
  expect([second! - first!, third! - second!]).toEqual([20_000, 40_000]);
  expect(failed[0]!.reason).toMatch(/^the cycle failed: policy snapshot is corrupt/);
  expect(await store.policies.assignment("play")).toEqual(before);
  expect(await store.cycles.list({ limit: 10 })).toEqual(failed.toReversed());
  expect((await engine.health()).problems).toHaveLength(1);
  expect(errors).toEqual([]);
});

test("a cycle that has no time is skipped, and tried again later and later", async () => {
  const { engine, advance, look, errors } = await openLoop({ maxCycleMinutes: 0.001 });
  await playVisits(engine, world, [0, minDecisions]);
  advance(60);
  const skipped = await look(8);
  expect(skipped.map(({ outcome }) => outcome)).toEqual(["skipped", "skipped", "skipped"]);
  const [first, second, third] = skipped.map(({ startedAt }) => startedAt);
  expect([second! - first!, third! - second!]).toEqual([20_000, 40_000]);
  const [problem] = (await engine.health()).problems;
  expect(problem).toMatch(/^last cycle of play skipped: Not enough budget: /);
  expect(errors).toEqual([]);
});

test("a cycle that an operator overtakes is told, not recorded, and runs again at the next look", async () => {
  const { engine, store, advance, look, errors } = await openLoop();
  await playVisits(engine, world, [0, minDecisions]);
  advance(60);
  const interventions = [1];
  const apply = async (change: PolicyChange) => {
    const version = interventions.pop();
    if (version) await engine.intervene({ scenario: "play", kind: "pin", version });
    return store.policies.apply(change);
  };
  const cycles = await look(3, { ...store, policies: { ...store.policies, apply } });
  expect(errors).toEqual([expect.stringMatching(/^play: the policies of play changed meanwhile/)]);
  expect(cycles).toHaveLength(1);
  expect(await store.cycles.list({ limit: 9 })).toEqual(cycles);
  expect(await store.policies.assignment("play")).toMatchObject({ serving: 1, mode: "pinned" });
});

test("while another process learns on the record its learner waits, says so once, and goes on after it", async () => {
  const path = join(createTestFolder(), "recurve.db");
  const { engine, advance, look, errors } = await openLoop({ maxCycleMinutes: 0.001 }, path);
  await playVisits(engine, world, [0, minDecisions]);
  advance(60);
  const other = await openStore(path);
  expect(await other.learnAlone(() => look(3))).toEqual([]);
  expect(errors).toEqual([expect.stringMatching(/^play: another process is learning on /)]);
  await other.close();
  expect(await look(1)).toMatchObject([{ outcome: "skipped" }]);
  expect(errors).toHaveLength(1);
});

test("after a failed cycle a clock that is set back delays no attempt", async () => {
  const { engine, advance, look } = await openLoop({ maxCycleMinutes: 0.001 });
  await playVisits(engine, world, [0, minDecisions]);
  advance(60 + 86_400);
  expect(await look(1)).toHaveLength(1);
  expect(await look(1)).toEqual([]);
  advance(-86_400);
  expect(await look(1)).toHaveLength(1);
});

test("a failure that can't be recorded is told, and tried again later and later", async () => {
  const { store, clock, look, errors } = await openLoop();
  const begun = clock();
  const attempts: number[] = [];
  const assignment = () => {
    attempts.push((clock() - begun) / 1000);
    return Promise.reject(new Error("the disk is full"));
  };
  expect(await look(8, { ...store, policies: { ...store.policies, assignment } })).toEqual([]);
  expect(attempts).toEqual([0, 20, 60]);
  expect(errors).toEqual(attempts.map(() => "play: the disk is full"));
});
