import { expect, onTestFinished, test } from "vitest";
import { openTestEngine } from "../../../tests/support/engine.ts";
import { sampleEncoder, sampleView } from "../../../tests/support/policy.ts";
import { sampleEvent, sampleItem } from "../../../tests/support/sample.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import { openEncoder } from "../../policy/encoder/encoder.ts";
import { decodeEncoder, encodeEncoder } from "../../policy/encoder/encoder-model.ts";
import { type Network, withEncoder } from "../../policy/network.ts";
import { initialNetwork } from "../../policy/network-policy.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { withoutChecks } from "../input/check-engine.ts";
import { rememberEncoder } from "./last-encoder.ts";
import { watchEncoder, whyNoTrial } from "./watch-encoder.ts";

const items = Array.from({ length: 12 }, (_, index) => `i-${index}`);
const untrained = initialNetwork(createRandom(1));
const dayMs = 86_400_000;

/** A record with so many events before and after the cut-off of the last encoder, of 40 users in turn. */
async function openRecord(known: number, fresh: number) {
  const scenarios = [
    {
      name: "play",
      slateSize: 3,
      excludeSeen: false,
      reward: { weights: { click: 1 }, windowSeconds: 60, maximum: 1 },
    },
  ];
  const configuration = parseConfiguration({ scenarios });
  const opened = await openTestEngine({ scenarios });
  onTestFinished(opened.close);
  const { store, clock, advance } = opened;
  const engine = withoutChecks(opened.engine);
  await engine.putItems(items.map((id) => sampleItem(id)));
  const record = (count: number) =>
    engine.record(
      Array.from({ length: count }, (_, index) =>
        sampleEvent({
          userId: userId(`user-${index % 40}`),
          itemId: itemId(items[(index * 7) % items.length]!),
        }),
      ),
    );
  await record(known);
  const throughSequence = await store.sequence();
  await record(fresh);
  const remember = () =>
    store.policies.apply({
      checkpoints: [rememberEncoder("play", { throughSequence, trainedAt: clock() })],
    });
  const watch = (serving: Network, changes: { mode?: "paused"; minutes?: number } = {}) => {
    const { minutes = 10, ...rest } = changes;
    const encoder = { ...configuration.learner.encoder, minutes };
    const own = { ...configuration, learner: { ...configuration.learner, encoder } };
    const scene = { store, configuration: own, scenario: own.scenarios[0]!, clock };
    return watchEncoder(scene, serving, { canaryShare: 0, ...rest });
  };
  const onEncoder = (loss?: number) => {
    const model = decodeEncoder(sampleEncoder(items.map((id) => sampleView(id))));
    const measured = loss === undefined ? {} : { loss: { mean: loss, standardError: 0.1 } };
    const stored = encodeEncoder({ ...model, throughSequence, ...measured });
    return withEncoder(untrained, openEncoder(stored));
  };
  return { watch, remember, onEncoder, advance };
}

test("a loop without an encoder trains its first one from 10,000 events on", async () => {
  const few = await openRecord(0, 9999);
  expect(await few.watch(untrained)).toEqual({
    newEvents: 9999,
    knownEvents: 0,
    isDue: false,
    reason: "9,999 events are new of the 10,000 that are needed",
  });
  const enough = await openRecord(0, 10_000);
  expect(await enough.watch(untrained)).toMatchObject({
    isDue: true,
    reason: "10,000 events are new, and no encoder serves",
  });
  expect(await enough.watch(untrained, { mode: "paused" })).toMatchObject({
    isDue: false,
    reason: "10,000 events are new, but promotions are paused",
  });
  expect(await enough.watch(untrained, { minutes: 0 })).toBeUndefined();
});

test("an encoder learns on if a fifth of the behaviour is new and costs it more than what its training held out", async () => {
  const { watch, remember, onEncoder } = await openRecord(1000, 200);
  await remember();
  const worse = (await watch(onEncoder(0.1)))!;
  expect(worse).toMatchObject({ isDue: true, newEvents: 200, knownEvents: 1000, days: 0 });
  expect(worse.loss).toMatchObject({ users: 40, before: { mean: 0.1 } });
  // About log 12 nats, whatever they are worth.
  const { now } = worse.loss!;
  expect(now.mean).toBeGreaterThan(1);
  expect(worse.reason).toContain(`cost it ${now.mean.toFixed(2)}`);
  const asBefore = (await watch(onEncoder(now.mean - 0.1)))!;
  expect(asBefore).toMatchObject({ isDue: false });
  expect(asBefore.loss!.now).toEqual(now);
  expect(await watch(onEncoder())).toMatchObject({ isDue: false });
});

test("with less that is new its loss is not looked at", async () => {
  const { watch, remember, onEncoder } = await openRecord(1000, 199);
  await remember();
  expect(await watch(onEncoder(0.1))).toEqual({
    newEvents: 199,
    knownEvents: 1000,
    days: 0,
    isDue: false,
    reason: "199 events are new of the 200 that are needed",
  });
});

test("after 30 days new behaviour suffices", async () => {
  const { watch, remember, onEncoder, advance } = await openRecord(1000, 200);
  await remember();
  advance((30 * dayMs) / 1000);
  const found = await watch(onEncoder(100));
  expect(found).toMatchObject({ isDue: true, days: 30 });
  expect(found).not.toHaveProperty("loss");
});

test("of too few users nothing is said", async () => {
  const { watch, remember, onEncoder } = await openRecord(50, 19);
  await remember();
  expect(await watch(onEncoder(0.1))).toMatchObject({
    isDue: false,
    reason: "19 events are new, of too few users to tell",
  });
});

test.each([
  [{ mode: "paused" }, 0.1, "promotions are paused"],
  [{ mode: "ask" }, 0.1, undefined],
  [{ canary: 7 }, 0.1, "canary 7 is not decided yet"],
  [{ waiting: 8 }, 0.1, undefined],
  [{ waiting: 8 }, 0, "policy 8 waits for approval"],
  [{}, 0, undefined],
] as const)("with assignment %j and canaries of %s: %s", (assignment, canaryShare, reason) => {
  expect(whyNoTrial({ canaryShare }, { canaryShare, ...assignment })).toBe(reason);
});
