import { describe, expect, test } from "vitest";
import { type PromotionWorld, simulatePromotion } from "../../tests/support/simulated-promotion.ts";
import { createRandom } from "../numeric/random.ts";
import { judgeLive, type LiveArm, liveDifference } from "./live-difference.ts";

const seed = 60_013;
const promotions = 1000;
/** Three binomial standard errors above a rate. */
const atMost = (rate: number) => rate + 3 * Math.sqrt((rate * (1 - rate)) / promotions);

function arm(users: number, rows: number, rewardOf: (user: number) => number): LiveArm {
  const rewardSums = Float64Array.from({ length: users }, (_, user) => rewardOf(user));
  return { rewardSums, rows: new Float64Array(users).fill(rows) };
}

describe("the difference of two arms", () => {
  // 40 users with 5 rows each: half of them 3, half 1 in the one arm, 2 and 1 in the other.
  const serving = arm(40, 5, (user) => (user % 2 === 0 ? 3 : 1));
  const holdback = arm(40, 5, (user) => (user % 2 === 0 ? 2 : 1));

  test("is that of the means over rows, with users as clusters", () => {
    const found = liveDifference({ serving, holdback });
    expect(found.serving).toEqual({ users: 40, rows: 200, meanReward: 0.4 });
    expect(found.holdback).toEqual({ users: 40, rows: 200, meanReward: 0.3 });
    expect(found.difference).toBeCloseTo(0.1, 12);
    // Residuals are ±1 and ±½ a user: 40/39·(40·1 + 40·¼)/200².
    expect(found.standardError).toBeCloseTo(Math.sqrt(((40 / 39) * 50) / 200 ** 2), 12);
    // n = 100, ρ² = (7.824 + ln 8.824)/1000: 4.126 standard errors each way.
    const [lower, upper] = found.interval!;
    expect((upper - lower) / 2 / found.standardError!).toBeCloseTo(4.126, 2);
    expect(found.relativeLift).toBeCloseTo(1 / 3, 12);
    expect(found.relativeInterval).toEqual([lower / 0.3, upper / 0.3]);
  });

  test("turns around with the arms", () => {
    const one = liveDifference({ serving, holdback });
    const other = liveDifference({ serving: holdback, holdback: serving });
    expect(other.difference).toBeCloseTo(-one.difference!, 12);
    expect(other.interval![0]).toBeCloseTo(-one.interval![1], 12);
  });

  test("of a holdback without a reward and so without a spread takes both arms' spread", () => {
    const nothing = arm(20, 5, () => 0);
    const found = liveDifference({ serving, holdback: nothing });
    expect(found.standardError).toBeCloseTo(Math.sqrt((40 / 300) * (1 / 200 + 1 / 100)), 12);
    expect(found.relativeLift).toBeUndefined();
  });

  test.each([
    ["no user", arm(0, 1, () => 0)],
    ["19 users", arm(19, 10, () => 1)],
    ["99 rows", arm(99, 1, () => 1)],
  ])("is not told where an arm has %s", (_, few) => {
    expect(liveDifference({ serving, holdback: few }).interval).toBeUndefined();
    expect(liveDifference({ serving: few, holdback }).difference).toBeUndefined();
  });

  test.each([
    ["holdback.rewardSums", arm(30, 5, () => Number.NaN)],
    ["holdback.rows", arm(30, 0, () => 1)],
    ["holdback.rows", { ...holdback, rows: new Float64Array(3) }],
  ])("is refused where %s can't be used", (field, bad) => {
    const error = expect.objectContaining({ code: "invalid_request" });
    expect(() => liveDifference({ serving, holdback: bad })).toThrow(error);
    expect(() => liveDifference({ serving, holdback: bad })).toThrow(field);
  });
});

describe("a verdict", () => {
  const users = { users: 40, rows: 200, meanReward: 0.4 };
  const judge = (...interval: [number, number]) =>
    judgeLive({ serving: users, holdback: users, interval });

  test("needs an interval that is clear of 0 above, or of a loss of 5 % below", () => {
    expect(judge(-0.1, -0.001)).toBe("worse");
    expect(judge(-0.1, 0.1)).toBe("open");
    expect(judge(-0.021, 0.1)).toBe("open");
    expect(judge(-0.019, 0.1)).toBe("not-worse");
    expect(judge(0.01, 0.1)).toBe("not-worse");
    expect(judgeLive({ serving: users, holdback: users })).toBe("open");
  });

  test("against a holdback that earned nothing takes no loss", () => {
    const holdback = { ...users, meanReward: 0 };
    expect(judgeLive({ serving: users, holdback, interval: [-0.001, 1] })).toBe("open");
  });
});

/** Shares of simulated promotions that were found worse, and better, at any of their looks. */
function watch(world: PromotionWorld, name: string) {
  const found = { worse: 0, better: 0 };
  for (let index = 0; index < promotions; index++) {
    const random = createRandom(seed).split(name).split(index);
    for (const arms of simulatePromotion(world, random)) {
      const [lower, upper] = liveDifference(arms).interval ?? [-1, 1];
      if (lower <= 0 && upper >= 0) continue;
      found[upper < 0 ? "worse" : "better"] += 1 / promotions;
      break;
    }
  }
  return found;
}

// `npm run bench -- gate` measures more cases; these limits may never get worse.
describe("over 1,000 promotions with ten looks each", () => {
  const world = { users: 300, holdbackShare: 0.1, visits: 500, looks: 10, lift: 0 } as const;

  test.each<[string, PromotionWorld]>([
    ["rewards in a third of the visits", world],
    ["rare rewards", { ...world, chances: [0.01, 0.03] }],
  ])("one that changes nothing is found worse in at most 1 %%: %s", (name, one) => {
    const { worse, better } = watch(one, name);
    expect(worse).toBeLessThanOrEqual(atMost(0.01));
    expect(better).toBeLessThanOrEqual(atMost(0.01));
  });

  test("one that halves the reward is found worse in at least 90 %", () => {
    expect(watch({ ...world, lift: -0.5 }, "half").worse).toBeGreaterThan(0.9);
  });
});
