import { expect, onTestFinished, test } from "vitest";
import { startOfTests } from "../../../tests/support/engine.ts";
import { shopConfiguration } from "../../../tests/support/shop.ts";
import { createRandom } from "../../numeric/random.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { createEngine } from "../create-engine.ts";
import { learn } from "../learner/learn.ts";
import { openStore } from "../open-store.ts";

async function open(expectsLearner?: boolean) {
  const store = await openStore(":memory:");
  let now = startOfTests;
  const clock = () => now;
  const configuration = parseConfiguration({
    ...shopConfiguration(),
    learner: { minDecisions: 50, maxCycleMinutes: 1 },
  });
  let ids = 0;
  const engine = await createEngine({
    store,
    configuration,
    clock,
    random: createRandom(1),
    createId: () => `d-${++ids}`,
    ...(expectsLearner !== undefined && { expectsLearner }),
  });
  onTestFinished(async () => {
    await engine.close();
    await store.close();
  });
  /** One look of a learner at a record without feedback. */
  const look = async () => {
    const stop = new AbortController();
    await learn({
      store,
      configuration,
      clock,
      seed: 1,
      threads: 1,
      signal: stop.signal,
      onCycle: () => {},
      onError: (error) => {
        throw error;
      },
      wait: async () => stop.abort(),
    });
  };
  const advance = (seconds: number) => {
    now += seconds * 1000;
  };
  return { engine, store, clock, look, advance };
}

test("a learner that looks says so, and is down 5 minutes after it last did", async () => {
  const { engine, look, advance } = await open();
  const waitingDecisions = { shop: 0 };
  expect((await engine.health()).learner).toEqual({ up: false, waitingDecisions });
  await look();
  advance(300);
  expect((await engine.health()).learner).toEqual({
    up: true,
    heartbeatAgeSeconds: 300,
    waitingDecisions,
  });
  advance(1);
  expect((await engine.health()).learner).toEqual({
    up: false,
    heartbeatAgeSeconds: 301,
    waitingDecisions,
  });
});

test("a beat of before the clock was set back keeps no learner up", async () => {
  const { engine, look, advance } = await open();
  await look();
  advance(-301);
  expect((await engine.health()).learner).toEqual({ up: false, waitingDecisions: { shop: 0 } });
  await look();
  expect((await engine.health()).learner.up).toBe(true);
});

test("a learner that is expected and missing is a problem, after the time that it may take to start", async () => {
  const { engine, look, advance } = await open(true);
  const problems = async () => (await engine.health()).problems;
  advance(300);
  expect(await problems()).toEqual([]);
  advance(1);
  expect(await problems()).toEqual([
    expect.stringMatching(/^no learner has been seen for 301 s; /),
  ]);
  await look();
  expect(await problems()).toEqual([]);
  advance(3600);
  expect(await problems()).toEqual([
    expect.stringMatching(/^no learner has been seen for 3600 s; /),
  ]);
});

test("a learner that nobody expects is never a problem", async () => {
  const { engine, advance } = await open();
  advance(1_000_000);
  expect((await engine.health()).problems).toEqual([]);
});

async function decide({ engine }: Awaited<ReturnType<typeof open>>, count: number) {
  const candidates = [{ itemId: "a", features: {} }];
  for (let one = 0; one < count; one++)
    await engine.recommend({ userId: "ada", candidates, slateSize: 1 });
}

test("closed decisions that no cycle has learnt from are counted", async () => {
  const opened = await open();
  const { engine, store, clock, advance } = opened;
  const waiting = async () => (await engine.health()).learner.waitingDecisions;
  await decide(opened, 3);
  expect(await waiting()).toEqual({ shop: 0 });
  advance(100_000);
  await decide(opened, 1);
  expect(await waiting()).toEqual({ shop: 3 });
  const [, , second] = await store.decisions.recent(3);
  const cycle = { scenario: "shop", outcome: "hold", reason: "", record: {} } as const;
  const times = { startedAt: clock(), finishedAt: clock() };
  await store.policies.apply({
    cycle: () => ({ ...cycle, ...times, throughSequence: second!.sequence }),
  });
  expect(await waiting()).toEqual({ shop: 1 });
});

test("a learner that is up and ends no cycle in twice its time is a problem", async () => {
  const opened = await open(true);
  const { engine, store, clock, advance } = opened;
  await decide(opened, 50);
  advance(100_000);
  await store.heartbeats.beat(clock());
  expect((await engine.health()).problems).toEqual([
    expect.stringMatching(
      /^50 decisions wait to be learnt, and no cycle has ended for 1667 min: give the machine another core/,
    ),
  ]);
});
