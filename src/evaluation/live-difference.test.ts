import { describe, expect, test } from "vitest";
import { type LiveWorld, simulateLive } from "../../tests/support/simulated-live.ts";
import { createRandom } from "../numeric/random.ts";
import { compareLiveArms, type LiveArm } from "./live-difference.ts";

const seed = 60_013;
const comparisons = 1000;
/** Three binomial standard errors above a rate. */
const atMost = (rate: number) => rate + 3 * Math.sqrt((rate * (1 - rate)) / comparisons);

function arm(users: number, rows: number, rewardOf: (user: number) => number): LiveArm {
  const rewardSums = Float64Array.from({ length: users }, (_, user) => rewardOf(user));
  return { rewardSums, rows: new Float64Array(users).fill(rows) };
}

describe("the difference of two arms", () => {
  // 40 users with 5 rows each: half of them 3, half 1 in the one arm, 2 and 1 in the other.
  const tested = arm(40, 5, (user) => (user % 2 === 0 ? 3 : 1));
  const reference = arm(40, 5, (user) => (user % 2 === 0 ? 2 : 1));

  test("is that of the means over rows, with users as clusters", () => {
    const live = compareLiveArms({ tested, reference });
    expect(live.tested).toEqual({ users: 40, rows: 200, meanReward: 0.4 });
    expect(live.reference).toEqual({ users: 40, rows: 200, meanReward: 0.3 });
    const { difference, standardError, interval, relativeLift, relativeInterval } = live.found;
    expect(difference).toBeCloseTo(0.1, 12);
    // Residuals are ±1 and ±½ a user: 40/39·(40·1 + 40·¼)/200².
    expect(standardError).toBeCloseTo(Math.sqrt(((40 / 39) * 50) / 200 ** 2), 12);
    const [lower, upper] = interval!;
    expect(relativeLift).toBeCloseTo(1 / 3, 12);
    expect(relativeInterval).toEqual([lower / 0.3, upper / 0.3]);
    expect((lower + upper) / 2).toBeCloseTo(0.1, 12);
  });

  test("turns around with the arms", () => {
    const one = compareLiveArms({ tested, reference }).found;
    const other = compareLiveArms({ tested: reference, reference: tested }).found;
    expect(other.difference).toBeCloseTo(-one.difference!, 12);
    expect(other.interval![0]).toBeCloseTo(-one.interval![1], 12);
  });

  test("of an arm without a reward and so without a spread takes both arms' spread", () => {
    const many = arm(400, 5, (user) => (user % 2 === 0 ? 3 : 1));
    const { found, verdict } = compareLiveArms({ tested: many, reference: arm(40, 5, () => 0) });
    const pooled = Math.sqrt((400 / 2200) * (1 / 2000 + 1 / 200));
    expect(found.standardError).toBeCloseTo(pooled, 12);
    expect(found.relativeLift).toBeUndefined();
    expect(verdict).toBe("better");
  });

  const clicks = (users: number, rewarded: number) =>
    arm(users, 20, (user) => (user < rewarded ? 10 : 0));

  test.each([
    ["an arm has no user", clicks(400, 200), clicks(0, 0)],
    ["an arm has 29 rewarded users", clicks(400, 116), clicks(100, 29)],
    ["nothing varies", arm(100, 5, () => 5), arm(100, 5, () => 5)],
  ])("is not told where %s", (_, one, other) => {
    for (const arms of [
      { tested: one, reference: other },
      { tested: other, reference: one },
    ])
      expect(compareLiveArms(arms)).toMatchObject({ found: {}, verdict: "open" });
  });

  test("has a narrower interval where a last look is planned", () => {
    const arms = { tested: clicks(400, 200), reference: clicks(400, 200) };
    const { standardError, interval } = compareLiveArms(arms).found;
    const plannedError = standardError! / 0.25;
    const planned = compareLiveArms({ ...arms, plannedError }).found;
    expect(planned.interval![1]).toBeLessThan(interval![1]);
  });

  test("is told from 30 rewarded users on, by those that an arm would have if both were alike", () => {
    expect(
      compareLiveArms({ tested: clicks(100, 30), reference: clicks(400, 120) }).found,
    ).toHaveProperty("interval");
    // 60 of 500 users a fifth of whom are tested: 12 expected, though 40 came.
    const few = compareLiveArms({ tested: clicks(100, 40), reference: clicks(400, 20) });
    expect(few.verdict).toBe("open");
    // None came where 40 were expected.
    const none = compareLiveArms({ tested: clicks(100, 0), reference: clicks(400, 200) });
    expect(none.verdict).toBe("worse");
  });

  test("counts a user as rewarded whose rewards are not those of rows without events", () => {
    const rows = 5;
    const rated = (users: number) => arm(users, rows, (user) => (user < 40 ? rows : 0.4 * rows));
    const arms = { tested: rated(60), reference: rated(60) };
    expect(compareLiveArms({ ...arms, unrewarded: 0.4 }).found).toHaveProperty("interval");
    const losses = (users: number) => arm(users, rows, (user) => (user < 20 ? 0 : rows));
    const rare = { tested: losses(60), reference: losses(60), unrewarded: 1 };
    expect(compareLiveArms(rare).found).toEqual({});
  });

  test.each([
    ["reference.rewardSums", arm(30, 5, () => Number.NaN)],
    ["reference.rows", arm(30, 0, () => 1)],
    ["reference.rows", { ...reference, rows: new Float64Array(3) }],
  ])("is refused where %s can't be used", (field, bad) => {
    const error = expect.objectContaining({ code: "invalid_request" });
    expect(() => compareLiveArms({ tested, reference: bad })).toThrow(error);
    expect(() => compareLiveArms({ tested, reference: bad })).toThrow(field);
  });
});

describe("a verdict", () => {
  // Standard errors of 0.7 % of the mean: 3.9 of them are 2.7 %.
  const judge = (lift: number) => {
    const half = (rate: number) => arm(20_000, 1, (user) => (user % 1000 < 1000 * rate ? 1 : 0));
    return compareLiveArms({ tested: half(0.5 * (1 + lift)), reference: half(0.5) }).verdict;
  };

  test.each([
    [-0.06, "worse"],
    [-0.02, "open"],
    [0, "not-worse"],
    [0.02, "not-worse"],
    [0.06, "better"],
  ])("on a lift of %d is %s", (lift, expected) => {
    expect(judge(lift)).toBe(expected);
  });
});

/** Shares of simulated comparisons that were found worse, and better, at any of their looks. */
function watch(world: LiveWorld, name: string, plannedError?: number) {
  const shares = { worse: 0, better: 0 };
  for (let index = 0; index < comparisons; index++) {
    const random = createRandom(seed).split(name).split(index);
    for (const arms of simulateLive(world, random)) {
      const { verdict } = compareLiveArms({ ...arms, plannedError });
      if (verdict !== "worse" && verdict !== "better") continue;
      shares[verdict] += 1 / comparisons;
      break;
    }
  }
  return shares;
}

// `npm run bench -- gate` measures more cases; these limits may never get worse.
describe("over 1,000 comparisons with ten looks each", () => {
  const world = { users: 600, testedShare: 0.9, visits: 600, looks: 10, lift: 0 } as const;

  // 600 visits a look at 0.3: the canary's error is 0.1 of the mean after the tenth.
  test.each<[string, LiveWorld, number?]>([
    ["a promotion", world],
    ["a canary", { ...world, testedShare: 0.1 }, 0.1],
    ["a promotion with rare rewards", { ...world, visits: 2000, chances: [0.01, 0.03] }],
  ])(
    "one that changes nothing is found worse, or better, in at most 1 %% each: %s",
    (name, one, plannedError) => {
      const { worse, better } = watch(one, name, plannedError);
      expect(worse).toBeLessThanOrEqual(atMost(0.01));
      expect(better).toBeLessThanOrEqual(atMost(0.01));
    },
  );

  test("one that halves the reward is found worse in at least 90 %", () => {
    expect(watch({ ...world, lift: -0.5 }, "half").worse).toBeGreaterThan(0.9);
  });
});
