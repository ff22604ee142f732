import { describe, expect, test } from "vitest";
import { simulateGate } from "../../tests/support/simulated-gate.ts";
import type { GateRecord } from "../domain/gate-record.ts";
import { createRandom } from "../numeric/random.ts";
import { judgeCandidate } from "./gate.ts";
import { looksOf } from "./pooled-looks.ts";

const seed = 28;
const look = (lift: number, purpose: string) =>
  simulateGate({ users: 60, lift }, createRandom(seed).split(purpose));

describe(`looks at one candidate, seed ${seed}`, () => {
  const first = judgeCandidate(look(0.15, "first"));
  const input = look(0.15, "second");
  const alone = judgeCandidate(input);
  const both = judgeCandidate({ ...input, earlier: looksOf(first) });

  test("are weighted by what each knows", () => {
    const [a, b] = [first.standardError! ** -2, alone.standardError! ** -2];
    expect(both.statistic).toBe("pooled");
    expect(both.looks).toBe(2);
    expect(both.difference).toBeCloseTo(
      (a * first.difference! + b * alone.difference!) / (a + b),
      12,
    );
    const shared = (a * first.sharedError! + b * alone.sharedError!) / (a + b);
    const own = ({ standardError = 0, sharedError = 0 }: GateRecord) =>
      standardError ** 2 - sharedError ** 2;
    const variance = (a ** 2 * own(first) + b ** 2 * own(alone)) / (a + b) ** 2;
    expect(both.sharedError).toBeCloseTo(shared, 12);
    expect(both.standardError).toBeCloseTo(Math.sqrt(variance + shared ** 2), 12);
    expect([both.doublyRobust!.difference, both.censored!.difference]).toEqual([
      alone.doublyRobust!.difference,
      alone.censored!.difference,
    ]);
  });

  test("ask for half the error in each look: bounds at 98.75 %", () => {
    expect((both.interval![1] - both.difference!) / both.standardError!).toBeCloseTo(2.2414, 4);
    expect(both.reason).toMatch("in 2 looks together");
    if (both.verdict === "promote") expect(both.reason).toMatch("the 98.8 % lower bound");
  });

  test("so are their differences without one user", () => {
    const [earlier, now] = [first.withoutOneUser!, alone.withoutOneUser!];
    const [a, b] = [earlier.standardError ** -2, now.standardError ** -2];
    const mean = (a * earlier.difference + b * now.difference) / (a + b);
    expect(both.withoutOneUser!.difference).toBeCloseTo(mean, 12);
    expect(both.withoutOneUser!.difference).toBeLessThan(both.difference!);
    // Looks of before it was measured stand for themselves.
    const { withoutOneUser: _, ...before } = looksOf(first)!;
    const then = judgeCandidate({ ...input, earlier: before });
    const [c, d] = [before.standardError ** -2, b];
    const expected = (c * before.difference + d * now.difference) / (c + d);
    expect(then.withoutOneUser!.difference).toBeCloseTo(expected, 12);
  });

  test("count on", () => {
    const third = judgeCandidate({ ...look(0.15, "third"), earlier: looksOf(both) });
    expect(third.looks).toBe(3);
    expect(third.standardError!).toBeLessThan(both.standardError!);
  });
});

test("a guard still blocks what all looks together would promote", () => {
  const input = look(0.3, "guard");
  const earlier = { looks: 4, difference: 0.2, standardError: 0.01, sharedError: 0 };
  expect(judgeCandidate({ ...input, earlier }).verdict).toBe("promote");
  const { reason, verdict } = judgeCandidate({
    ...input,
    earlier,
    coverage: { candidate: 0, serving: 1 },
  });
  expect(verdict).toBe("hold");
  expect(reason).toMatch("catalogue coverage");
});

test("what earlier looks found can outweigh a look", () => {
  const input = look(0.3, "outweighed");
  const earlier = { looks: 3, difference: -0.05, standardError: 0.005, sharedError: 0 };
  expect(judgeCandidate(input).verdict).toBe("promote");
  expect(judgeCandidate({ ...input, earlier }).probabilityPositive).toBeLessThan(0.5);
});

test("a look in which nothing varies says nothing", () => {
  const input = look(0.3, "nothing");
  const same = judgeCandidate({ ...input, candidate: input.serving });
  expect(same.standardError).toBe(0);
  expect(looksOf(same)).toBeUndefined();
  const earlier = { looks: 1, difference: 0.1, standardError: 0.05, sharedError: 0 };
  const pooled = judgeCandidate({ ...input, candidate: input.serving, earlier });
  expect(pooled.looks).toBeUndefined();
  expect(pooled.verdict).not.toBe("promote");
});

test("a look in which one user alone varies says nothing without that user", () => {
  const earlier = { looks: 1, difference: 0.1, standardError: 0.05, sharedError: 0.01 };
  const withoutOneUser = { difference: 0.08, standardError: 0, sharedError: 0 };
  const alone = judgeCandidate(look(0.3, "one"));
  const pooled = judgeCandidate({ ...look(0.3, "one"), earlier: { ...earlier, withoutOneUser } });
  expect(pooled.withoutOneUser).toEqual(alone.withoutOneUser);
});

test("what was refused is not counted as a look", () => {
  const broken = judgeCandidate({ ...look(0.3, "broken"), predictedDifference: Number.NaN });
  expect(looksOf(broken)).toBeUndefined();
});
