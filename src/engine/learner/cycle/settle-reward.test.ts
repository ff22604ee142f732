import { expect, test } from "vitest";
import type { RewardRule } from "../../../domain/scenario.ts";
import { normaliseReward, settleReward } from "./settle-reward.ts";

const rule: RewardRule = {
  weights: { click: 1, buy: 4 },
  windowSeconds: 600,
  defaultReward: -0.5,
  minimum: -1,
  maximum: 3,
};

test("a reward is the default where no event came, clipped to the rule's range", () => {
  expect([undefined, 0, 2, 3, 99, -0.9, -99].map((one) => settleReward(one, rule))).toEqual([
    -0.5, 0, 2, 3, 3, -0.9, -1,
  ]);
});

test("the default is clipped too", () => {
  expect(settleReward(undefined, { ...rule, defaultReward: 9 })).toBe(3);
});

test("as a share of the range a reward is from 0 to 1", () => {
  expect([-99, -1, 0, 3, 99].map((one) => normaliseReward(one, rule))).toEqual([0, 0, 0.25, 1, 1]);
});
