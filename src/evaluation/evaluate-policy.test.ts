import { describe, expect, test } from "vitest";
import { clipWeights } from "./estimate.ts";
import { evaluatePolicy } from "./evaluate-policy.ts";

const feedback = {
  rewards: Float64Array.of(1, 0, 1, 0),
  propensities: Float64Array.of(0.5, 0.5, 0.1, 0.5),
};
const target = { targetProbabilities: Float64Array.of(0.5, 0.25, 0.8, 0.5) };
const model = {
  directValues: Float64Array.of(0.5, 0.5, 0.25, 0.25),
  predictions: Float64Array.of(0.5, 0, 0.5, 0.5),
};

test("all four estimates of a small log, by hand", () => {
  // w = 1, ½, 8, 1
  const { ips, snips, dm, dr } = evaluatePolicy(feedback, { ...target, ...model }).estimates;
  expect(ips?.value).toBeCloseTo(9 / 4, 14);
  expect(snips?.value).toBeCloseTo(9 / 10.5, 14);
  expect(dm?.value).toBeCloseTo(1.5 / 4, 14);
  // DR adds w·(r − q̂): 0.5, 0, 4, −0.5
  expect(dr?.value).toBeCloseTo((1.5 + 4) / 4, 14);
  expect(dr?.estimator).toBe("dr");
});

test("the clip limits IPS and DR, the level the width of every interval", () => {
  const wide = evaluatePolicy(feedback, { ...target, ...model }, { weightClip: 2, level: 0.99 });
  expect(wide.estimates.ips?.value).toBeCloseTo(3 / 4, 14);
  expect(wide.estimates.dr?.value).toBeCloseTo((1.5 + 1) / 4, 14);
  expect(wide.diagnostics.clippedShare).toBeCloseTo(6 / 10.5, 14);
  for (const { interval, value, standardError } of Object.values(wide.estimates)) {
    expect(interval.level).toBe(0.99);
    expect((interval.upper - value) / standardError).toBeCloseTo(2.5758293035489004, 10);
  }
});

test("without a reward model there are no estimators that use one, and none that lacks its input", () => {
  const { estimates } = evaluatePolicy(feedback, target);
  expect(Object.keys(estimates)).toEqual(["ips", "snips", "sg-ips", "ls"]);
});

test("negative rewards leave out the estimator that isn't defined for them", () => {
  const rewards = Float64Array.of(-1, 0, 1, 0);
  const { estimates } = evaluatePolicy({ ...feedback, rewards }, target);
  expect(Object.keys(estimates)).toEqual(["ips", "snips", "sg-ips"]);
});

describe("a target that would choose no logged action", () => {
  const unsupported = { targetProbabilities: new Float64Array(4), ...model };
  const { estimates, diagnostics } = evaluatePolicy(feedback, unsupported);
  const { ips, snips, dm, dr } = estimates;

  test("has no SNIPS, and IPS and DR without any certainty", () => {
    expect(diagnostics.supportedRows).toBe(0);
    expect(snips).toBeUndefined();
    expect([ips?.value, ips?.standardError]).toEqual([0, Number.POSITIVE_INFINITY]);
    expect([dr?.value, dr?.standardError]).toEqual([dm?.value, Number.POSITIVE_INFINITY]);
    expect(Number.isFinite(dm?.standardError)).toBe(true);
  });
});

test("one supported row leaves the error of SNIPS unknown, not 0", () => {
  const { snips } = evaluatePolicy(feedback, {
    targetProbabilities: Float64Array.of(1, 0, 0, 0),
  }).estimates;
  expect([snips?.value, snips?.standardError]).toEqual([1, Number.POSITIVE_INFINITY]);
});

test("users as clusters change the errors and no value", () => {
  const rows = evaluatePolicy(feedback, { ...target, ...model }).estimates;
  const users = evaluatePolicy(
    { ...feedback, clusters: ["ann", "bob", "ann", "bob"] },
    { ...target, ...model },
  ).estimates;
  // IPS contributions 1, 0, 8, 0 around 2.25: ann 4.5, bob −4.5, G/(G − 1) = 2.
  expect(users.ips?.standardError).toBeCloseTo(Math.sqrt(2 * 2 * 4.5 ** 2) / 4, 14);
  // SNIPS residuals w·(r − 6/7): 1/7, −3/7, 8/7, −6/7: ann 9/7, bob −9/7.
  expect(users.snips?.standardError).toBeCloseTo(Math.sqrt(2 * (9 / 7) ** 2) / 10.5, 14);
  expect(users.ips?.value).toBe(rows.ips?.value);
  expect(users.snips?.value).toBe(rows.snips?.value);
});

test("a clip that is negative or NaN is a programmer's error", () => {
  expect(() => clipWeights(Float64Array.of(1), -1)).toThrow(RangeError);
  expect(() => clipWeights(Float64Array.of(1), Number.NaN)).toThrow(RangeError);
});
