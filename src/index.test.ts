import { expect, test } from "vitest";
import {
  audit,
  createEngine,
  createRandom,
  EngineError,
  itemId,
  learn,
  openStore,
  parseConfiguration,
  userId,
} from "./index.ts";

test("the whole loop runs in the caller's process", async () => {
  const store = await openStore(":memory:");
  const configuration = parseConfiguration({
    scenarios: [
      {
        name: "shop",
        slateSize: 2,
        excludeSeen: false,
        reward: { weights: { click: 1 }, windowSeconds: 60, graceSeconds: 0, maximum: 1 },
      },
    ],
    learner: { minDecisions: 60 },
  });
  let now = Date.UTC(2026, 2, 1);
  let ids = 0;
  const engine = await createEngine({
    store,
    configuration,
    clock: () => now,
    random: createRandom(1),
    createId: () => `d-${++ids}`,
  });
  const items = ["a", "b", "c", "d"].map(itemId);
  await engine.putItems(
    items.map((item) => ({ itemId: item, categories: [], attributes: {}, available: true })),
  );
  for (let visit = 0; visit < 60; visit++) {
    const { decision } = await engine.recommend({ userId: userId(`user-${visit % 20}`) });
    const clicked = decision.slate.filter((item) => item === "a");
    await engine.record(
      clicked.map((item) => ({
        type: "click",
        userId: decision.userId,
        itemId: item,
        decisionId: decision.decisionId,
      })),
    );
  }
  now += 60_000;
  const stop = new AbortController();
  const outcomes: string[] = [];
  await learn({
    store,
    configuration,
    clock: () => now,
    seed: 1,
    threads: 1,
    signal: stop.signal,
    onCycle: ({ outcome }) => outcomes.push(outcome),
    onError: (error) => expect.fail(error.message),
    wait: async () => stop.abort(),
  });
  expect(outcomes).toHaveLength(1);
  expect(outcomes).not.toContain("failed");
  const report = await audit({ store, configuration, limit: 100 });
  expect([report.decisions, report.findings]).toEqual([60, []]);
  await expect(engine.recommend({ userId: userId("x"), scenario: "ads" })).rejects.toThrow(
    EngineError,
  );
  await engine.close();
  await store.close();
});
