import { expect, test } from "vitest";
import { bucketReward } from "./bucket-reward.ts";

/** Sums over users, each with the rewards of their decisions. */
function sumsOf(users: readonly (readonly number[])[]) {
  const sums = users.map((rewards) => ({
    reward: rewards.reduce((total, reward) => total + reward, 0),
    decisions: rewards.length,
  }));
  const add = (of: (user: (typeof sums)[number]) => number) =>
    sums.reduce((total, user) => total + of(user), 0);
  return {
    users: users.length,
    decisions: add(({ decisions }) => decisions),
    rewardSum: add(({ reward }) => reward),
    rewardSquares: add(({ reward }) => reward ** 2),
    rewardProducts: add(({ reward, decisions }) => reward * decisions),
    decisionSquares: add(({ decisions }) => decisions ** 2),
  };
}

test("with a decision a user the error is that of a mean", () => {
  // 1, 2, 3, 4: sample variance 5/3, so the error of their mean is √(5/12).
  const { meanReward, standardError } = bucketReward(sumsOf([[1], [2], [3], [4]]));
  expect(meanReward).toBe(2.5);
  expect(standardError).toBeCloseTo(Math.sqrt(5 / 12), 12);
});

test("what a user does again counts once: ten times the same is no smaller an error", () => {
  const again = [1, 2, 3, 4].map((reward) => new Array<number>(10).fill(reward));
  expect(bucketReward(sumsOf(again)).standardError).toBeCloseTo(Math.sqrt(5 / 12), 12);
});

test("one user alone has no error, and users who are alike have none to speak of", () => {
  expect(bucketReward(sumsOf([[1, 0]]))).toEqual({ meanReward: 0.5 });
  const alike = bucketReward(
    sumsOf([
      [0.1, 0.2],
      [0.1, 0.2],
      [0.1, 0.2],
    ]),
  );
  expect(alike.standardError).toBeLessThan(1e-8);
});
