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
  const configuration = parseConfiguration(shopConfiguration());
  const engine = await createEngine({
    store,
    configuration,
    clock,
    random: createRandom(1),
    createId: () => "d-1",
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
  return { engine, look, advance };
}

test("a learner that looks says so, and is down 5 minutes after it last did", async () => {
  const { engine, look, advance } = await open();
  expect((await engine.health()).learner).toEqual({ up: false });
  await look();
  advance(300);
  expect((await engine.health()).learner).toEqual({ up: true, heartbeatAgeSeconds: 300 });
  advance(1);
  expect((await engine.health()).learner).toEqual({ up: false, heartbeatAgeSeconds: 301 });
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
