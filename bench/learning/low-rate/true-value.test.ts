import { expect, onTestFinished, test } from "vitest";
import { ensurePolicies } from "../../../src/engine/learner/promote.ts";
import { openStore } from "../../../src/engine/open-store.ts";
import { worldConfiguration } from "../../../src/lab/closed-loop/world-configuration.ts";
import { mean } from "../../statistics.ts";
import { createLowRateShop } from "./shop-world.ts";
import { valuePolicy } from "./true-value.ts";

const world = createLowRateShop({ seed: 5, items: 40, users: 100, slateSize: 2, clickRate: 0.1 });
const configuration = worldConfiguration(world, "mpo");
const scenario = configuration.scenarios[0]!;

async function openRecord() {
  const store = await openStore(":memory:");
  onTestFinished(() => store.close());
  await store.items.put(world.items);
  await ensurePolicies({ store, configuration, now: 0 });
  return store;
}

test("the first policy is worth the mean over all slates, and the same luck gives the same value", async () => {
  const place = { store: await openRecord(), world, scenario };
  const value = await valuePolicy(1, place, 300);
  const singles = world.items.map(({ itemId }) =>
    mean(Array.from({ length: 500 }, (_, turn) => world.expectedReward(turn, [itemId]))),
  );
  // A second position is looked at with 1/√2. The mean of 300 visits has a standard error of some 2 %.
  expect(value / (mean(singles) * (1 + Math.SQRT1_2))).toBeCloseTo(1, 1);
  expect(await valuePolicy(1, place, 20)).toBe(await valuePolicy(1, place, 20));
});

test("a policy that the record does not have is named", async () => {
  const place = { store: await openRecord(), world, scenario };
  await expect(valuePolicy(9, place)).rejects.toThrow("the record has no policy 9");
});
