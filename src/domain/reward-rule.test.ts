import { expect, test } from "vitest";
import {
  isWanted,
  normaliseReward,
  settleReward,
  signalOf,
  toRewardUnits,
  wasViewed,
  weightOf,
} from "./reward-rule.ts";
import type { RewardRule } from "./scenario.ts";

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

test("a position was viewed if an event says so or if it earned something, and nobody knows without a type that says so", () => {
  const rewards = [undefined, undefined, 0];
  const seen = (rewardRule?: RewardRule) =>
    rewards.map((_, position) =>
      wasViewed({ decision: rewardRule ? { rewardRule } : {}, rewards, viewed: [1] }, position),
    );
  expect(seen({ ...rule, viewedType: "view" })).toEqual([false, true, true]);
  expect(seen(rule)).toEqual([undefined, undefined, undefined]);
  expect(seen()).toEqual([undefined, undefined, undefined]);
});

test("reward units come back from a share of the range", () => {
  const shares = [-1, 0.5, 3].map((reward) => normaliseReward(reward, rule));
  expect(shares.map((share) => toRewardUnits(share, rule))).toEqual([-1, 0.5, 3]);
});

test("only types that the rule names have a weight", () => {
  expect(["buy", "view", "constructor"].map((type) => weightOf(rule, type))).toEqual([
    4,
    undefined,
    undefined,
  ]);
});

test("an event is wanted if it brings more than the default", () => {
  const wanted = (type: string, value: number) => isWanted({ type, value }, rule);
  expect([wanted("buy", 1), wanted("click", -0.4), wanted("click", -0.5)]).toEqual([
    true,
    true,
    false,
  ]);
  expect(isWanted({ type: "view", value: 9 }, { ...rule, defaultReward: 0 })).toBe(false);
});

test("a signal is the weighted value over the further end of the range, from -1 to 1", () => {
  const signal = (type: string, value: number) => signalOf({ type, value }, rule);
  expect([signal("click", 1.5), signal("buy", 9), signal("buy", -9), signal("view", 2)]).toEqual([
    0.5, 1, -1, 0,
  ]);
});
