import { expect, test } from "vitest";
import { sampleEvent } from "../../../tests/support/sample.ts";
import { assign, openShop, shopConfiguration } from "../../../tests/support/shop.ts";
import type { FastLoopUse } from "../../domain/fast-loop.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { parseConfiguration } from "../../engine/configuration/configuration.ts";
import { train } from "../../engine/learner/train.ts";
import { encodePopularity } from "../../policy/popularity.ts";
import { rankWithPolicy } from "./rank-with-policy.ts";
import type { PolicyRankingOptions } from "./unlearned-events.ts";

const raw = shopConfiguration({ scenario: { slateSize: 1, exploration: 0.01, excludeSeen: true } });
const configuration = parseConfiguration(raw);
const scenario = configuration.scenarios[0]!;
const withLoop = (enabled: FastLoopUse) => ({
  scenario: { ...scenario, fastLoop: { ...scenario.fastLoop, enabled } },
});

/** Likes i-0 best, then i-1, … */
const inOrder = encodePopularity({
  scores: new Map(Array.from({ length: 6 }, (_, index) => [itemId(`i-${index}`), 6 - index])),
  mean: 0,
});

const clicksOf = (user: string, items: readonly number[]) =>
  items.map((item) => sampleEvent({ userId: userId(user), itemId: itemId(`i-${item}`) }));

async function openMeasured(histories: Readonly<Record<string, readonly number[]>>) {
  const opened = await openShop({
    scenario: { slateSize: 1, exploration: 0.01, excludeSeen: true },
  });
  await opened.engine.record(
    Object.entries(histories).flatMap(([user, items]) => clicksOf(user, items)),
  );
  const measure = (change: Partial<PolicyRankingOptions> = {}) =>
    rankWithPolicy({
      store: opened.store,
      configuration,
      scenario,
      seed: 1,
      protocol: "leave-one-out",
      ...change,
    });
  return { ...opened, measure };
}

test("a policy is measured on users' last events, sorted and as served, without what they have seen", async () => {
  const { store, measure } = await openMeasured({
    // The best unseen item is i-1, i-2 and i-0.
    ann: [0, 1],
    bob: [0, 1, 2],
    cid: [3, 1],
    // A first event has no history.
    dan: [4],
  });
  const [version] = await assign(store, { serving: inOrder });
  expect(await measure()).toMatchObject({
    version,
    scenario: "shop",
    protocol: "leave-one-out",
    events: "later",
    cutOff: 0,
    users: 3,
    items: 6,
    k: 1,
    exploration: 0.01,
    fastLoop: false,
    quality: { sorted: { mean: 2 / 3 } },
    ndcg: { mean: 2 / 3 },
  });
  const { quality } = await measure();
  expect(quality.served.mean).toBeLessThan(quality.sorted.mean + 1e-9);
  expect(await measure({ version: version! })).toEqual(await measure());
  // A count has no features that a loop could learn by.
  expect((await measure(withLoop(true))).fastLoop).toBe(false);
});

const walk = (user: number) => Array.from({ length: 4 }, (_, step) => (user + step) % 6);
const walks = Object.fromEntries(
  Array.from({ length: 40 }, (_, user) => [`user-${user}`, walk(user)]),
);

test("a trained policy is measured on held-out events, and on later ones as soon as there are some", async () => {
  const { store, engine, clock, measure } = await openMeasured(walks);
  const cycle = await train({
    store,
    configuration,
    scenario,
    clock,
    seed: 1,
    threads: 1,
    onProgress: () => undefined,
  });
  const version = cycle!.candidateVersion!;
  const heldOut = await measure({ version });
  expect(heldOut).toMatchObject({ events: "held-out", users: 20, cutOff: cycle!.throughSequence });
  // The same users and slates as the training's own record, but for the draws.
  expect(heldOut.quality.sorted).toEqual(cycle!.record.slates!.network.sorted);
  expect((await measure({ version, ...withLoop("until-encoder") })).fastLoop).toBe(false);
  expect((await measure({ version, ...withLoop(true) })).fastLoop).toBe(true);
  await expect(measure({ version, protocol: "time-split" })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("or use --protocol leave-one-out"),
  });
  await engine.record([
    ...clicksOf("user-0", [4]),
    ...clicksOf("eve", [1, 2, 3]),
    ...clicksOf("fay", [2, 3]),
  ]);
  expect(await measure({ version })).toMatchObject({ events: "later", users: 3 });
  expect(await measure({ version, protocol: "time-split" })).toMatchObject({ users: 2 });
});

test("what can't be measured is refused", async () => {
  const { store, measure } = await openMeasured({ ann: [0, 1] });
  await expect(measure({ version: 77 })).rejects.toMatchObject({
    code: "not_found",
    message: /^there is no policy 77 of scenario shop/,
  });
  await assign(store, { serving: inOrder });
  await expect(measure()).rejects.toMatchObject({
    code: "conflict",
    message: /^scenario shop has 1 users with a wanted event after event number 0/,
  });
});
