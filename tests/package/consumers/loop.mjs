// The whole loop in an application's process, imported from an ES module: a cycle that trains, then an audit.
import assert from "node:assert/strict";
import { audit, createEngine, createRandom, learn, openStore, parseConfiguration } from "recurve";
import { createClient } from "recurve/sdk";

const store = await openStore(":memory:");
const configuration = parseConfiguration({
  scenarios: [
    {
      name: "shop",
      slateSize: 2,
      excludeSeen: false,
      reward: { weights: { click: 1 }, windowSeconds: 60, maximum: 1 },
    },
  ],
  learner: { minDecisions: 60 },
});
let now = Date.UTC(2026, 2, 1);
const clock = () => now;
const createId = () => crypto.randomUUID();
const engine = await createEngine({
  store,
  configuration,
  clock,
  random: createRandom(1),
  createId,
});
await engine.putItems(
  ["a", "b", "c", "d"].map((itemId) => ({
    itemId,
    categories: [],
    attributes: {},
    available: true,
  })),
);
for (let visit = 0; visit < 60; visit++) {
  const { decision } = await engine.recommend({ userId: `user-${visit % 20}` });
  const { decisionId, userId, slate } = decision;
  const clicked = slate.filter((itemId) => itemId === "a");
  await engine.record(clicked.map((itemId) => ({ type: "click", userId, itemId, decisionId })));
}
// The window and its grace period.
now += 66_000;
const stop = new AbortController();
const cycles = [];
await learn({
  ...{ store, configuration, clock, seed: 1, threads: 2, signal: stop.signal },
  onCycle: (cycle) => cycles.push(cycle),
  onError: (error) => assert.fail(error),
  wait: async () => stop.abort(),
});
assert.equal(cycles.length, 1);
assert.notEqual(cycles[0].outcome, "failed");
const { decisions, findings } = await audit({ store, configuration, limit: 100 });
assert.deepEqual([decisions, findings], [60, []]);
await engine.close();
await store.close();
assert.equal(typeof createClient, "function");
console.log(`loop: ${cycles[0].outcome}`);
