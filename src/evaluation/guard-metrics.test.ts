import { describe, expect, test } from "vitest";
import type { GateRecord } from "../domain/gate-record.ts";
import { guardTestsOf, isTested } from "../domain/guard-metric.ts";
import {
  applyGuardMetrics,
  judgeMetric,
  liveChange,
  loggedChange,
  tellGuards,
} from "./guard-metrics.ts";

const [purchase] = guardTestsOf([{ type: "purchase", margin: 0.05 }]);
const [hide] = guardTestsOf([{ type: "hide", margin: 0.05, harm: "rises" }]);
const judge = (change: number, standardError: number, tests = 1) =>
  judgeMetric(purchase!, { change, standardError, outcomes: 10_000 }, tests);

describe("a guard metric", () => {
  test("passes if it falls by less than its error explains", () => {
    // z at 95.5 % is 1.695: exp(−1.695·0.02) − 1 = −3.3 %
    expect(judge(-0.03, 0.02)).toMatchObject({
      name: "change of purchase",
      value: -0.03,
      limit: expect.closeTo(Math.expm1(-1.6954 * 0.02), 5),
      passed: true,
      metric: { margin: 0.05, outcomes: 10_000, isDecided: true, standardError: 0.02 },
    });
    expect(judge(-0.035, 0.02).passed).toBe(false);
    expect(judge(0.5, 0.02).passed).toBe(true);
  });

  test("is held to its margin where the traffic shows more than the error", () => {
    // ln(0.95) + 1.645·0.005 = −0.0431
    const { limit, passed } = judge(-0.045, 0.005);
    expect(limit).toBeCloseTo(Math.expm1(Math.log(0.95) + 1.64485 * 0.005), 6);
    expect(passed).toBe(false);
    expect(judge(-0.04, 0.005).passed).toBe(true);
  });

  test("is not decided by less traffic than its margin needs, and says how much it needs", () => {
    const few = judge(0, 0.021);
    expect(few).toMatchObject({ passed: false, metric: { isDecided: false } });
    // (1.695 + 0.842)·0.021
    expect(few.metric?.smallestMargin).toBeCloseTo(-Math.expm1(-(1.6954 + 0.8416) * 0.021), 5);
    expect(tellGuards([few])).toBe(
      "Not enough data for its guard metrics: change of purchase has a margin of 5 %, and its traffic can decide one of 5.19 %; about 10768 are needed, 10000 came.",
    );
    expect(judge(0, 0.0202).metric?.isDecided).toBe(true);
  });

  test("that has clearly fallen is harmed with any traffic", () => {
    expect(judge(-0.3, 0.05)).toMatchObject({ passed: false, metric: { isDecided: true } });
  });

  test("needs more traffic beside others, so that all of them stop no more by chance", () => {
    expect(judge(0, 0.018).metric?.isDecided).toBe(true);
    expect(judge(0, 0.018, 4).metric?.isDecided).toBe(false);
    expect(judge(-0.018, 0.01, 10).passed).toBe(true);
  });

  test("may be one that must not rise", () => {
    const judgeHide = (change: number) =>
      judgeMetric(hide!, { change, standardError: 0.01, outcomes: 20_000 }, 1);
    expect(judgeHide(0.04)).toMatchObject({ passed: false, metric: { isDecided: true } });
    expect(judgeHide(0.02).passed).toBe(true);
    expect(judgeHide(-0.5).passed).toBe(true);
    expect(judgeHide(0.04).limit).toBeGreaterThan(0);
  });

  test.each([
    [Number.NaN, 0.01],
    [0, Number.NaN],
    [0, Number.POSITIVE_INFINITY],
    [-1, 0.01],
    [Number.POSITIVE_INFINITY, 0.01],
    [0, 0],
  ])("of change %d ± %d passes nothing", (change, standardError) => {
    const found = judge(change, standardError);
    expect(found).toMatchObject({ passed: false, metric: { isDecided: false } });
    expect(Number.isFinite(found.value) && Number.isFinite(found.limit)).toBe(true);
  });
});

test("segments are tests of their own, each by its margin, of users with the value", () => {
  const values = ["SE", 7, true];
  const tests = guardTestsOf([
    { type: "purchase", margin: 0.05, segments: [{ attribute: "country", values, margin: 0.2 }] },
  ]);
  expect(tests.map(({ name, margin }) => [name, margin])).toEqual([
    ["purchase", 0.05],
    ["purchase of country SE", 0.2],
    ["purchase of country 7", 0.2],
    ["purchase of country true", 0.2],
  ]);
  const tested = (attributes: object) => tests.map((one) => isTested(one, { ...attributes }));
  expect(tested({ country: "SE" })).toEqual([true, true, false, false]);
  expect(tested({ country: "7" })).toEqual([true, false, false, false]);
  expect(tested({})).toEqual([true, false, false, false]);
});

const arm = (...users: readonly (readonly [outcomes: number, rows: number])[]) => ({
  rewardSums: Float64Array.from(users, ([outcomes]) => outcomes),
  rows: Float64Array.from(users, ([, rows]) => rows),
});

test("the change of live arms is their ratio, with users as clusters", () => {
  const tested = arm([2, 4], [1, 4], [0, 2]);
  const reference = arm([1, 5], [1, 5]);
  const { change, standardError, outcomes } = liveChange({ tested, reference });
  expect(change).toBeCloseTo(0.3 / 0.2 - 1, 12);
  expect(outcomes).toBe(5);
  // Residuals of the tested arm: 0.8, −0.2, −0.6; none of the other.
  const variance = (1.5 * (0.64 + 0.04 + 0.36)) / 100;
  expect(standardError).toBeCloseTo(Math.sqrt(variance) / 0.3, 12);
});

test.each([
  ["no events", arm([0, 5], [0, 5]), arm([0, 5], [0, 5])],
  ["no users", arm(), arm([1, 5], [2, 5])],
  ["none in the reference", arm([1, 5], [2, 5]), arm([0, 5], [0, 5])],
])("live arms with %s decide nothing", (_, tested, reference) => {
  const guard = judgeMetric(purchase!, liveChange({ tested, reference }), 1);
  expect(guard).toMatchObject({ value: 0, limit: -0.05, passed: false });
  expect(guard.metric).not.toHaveProperty("standardError");
});

const logged = {
  feedback: {
    rewards: Float64Array.of(9, 9, 9, 9),
    propensities: new Float64Array(4).fill(0.5),
    clusters: Int32Array.of(0, 1, 2, 3),
  },
  predictions: new Float64Array(4),
  serving: {
    targetProbabilities: new Float64Array(4).fill(0.5),
    directValues: new Float64Array(4),
  },
  candidate: {
    targetProbabilities: Float64Array.of(0.8, 0.2, 0.8, 0.2),
    directValues: new Float64Array(4),
  },
  weightClip: 20,
};

test("the change on logged rows is the paired difference of the outcomes over the serving policy's", () => {
  const { change, outcomes } = loggedChange(logged, Float64Array.of(1, 0, 1, 1));
  // Weights 1.6 and 0.4, the mean 0.75 as control variate: (2·1.6 + 0.4)/4 = 0.9 against 0.75
  expect(change).toBeCloseTo(
    (0.75 + (1.6 * 0.25 + 0.4 * -0.75 + 1.6 * 0.25 + 0.4 * 0.25) / 4) / 0.75 - 1,
    12,
  );
  expect(outcomes).toBe(3);
});

test("rows of other segments have no part in it, and none or no outcomes tell nothing", () => {
  const { NaN: none } = Number;
  const part = loggedChange(logged, Float64Array.of(1, 0, none, none));
  const half = {
    ...logged,
    feedback: {
      rewards: Float64Array.of(9, 9),
      propensities: Float64Array.of(0.5, 0.5),
      clusters: Int32Array.of(0, 1),
    },
    predictions: new Float64Array(2),
    serving: { targetProbabilities: Float64Array.of(0.5, 0.5), directValues: new Float64Array(2) },
    candidate: {
      targetProbabilities: Float64Array.of(0.8, 0.2),
      directValues: new Float64Array(2),
    },
  };
  expect(part).toEqual(loggedChange(half, Float64Array.of(1, 0)));
  for (const outcomes of [new Float64Array(4), new Float64Array(4).fill(none)])
    expect(loggedChange(logged, outcomes)).toMatchObject({ change: none, outcomes: 0 });
});

const gate: GateRecord = {
  verdict: "promote",
  reason: "Promoted: better.",
  rows: 10,
  guards: [{ name: "checked mass", value: 1, limit: 0.9, passed: true }],
};

describe("a gate with guard metrics", () => {
  test("promotes if all passed, and has them beside its guards", () => {
    const passed = judge(0, 0.01);
    expect(applyGuardMetrics(gate, [passed])).toEqual({
      ...gate,
      guards: [...gate.guards, passed],
    });
  });

  test("holds a candidate that harms one, whatever the others say", () => {
    const metrics = [judge(0, 0.5), judge(-0.05, 0.01)];
    const found = applyGuardMetrics(gate, metrics);
    expect(found).toMatchObject({
      verdict: "hold",
      reason: "Held by its guards: change of purchase -0.05 is below its limit -0.0342.",
    });
    expect(applyGuardMetrics({ ...gate, verdict: "canary" }, metrics).verdict).toBe("hold");
  });

  test("leaves a promotion that one can't decide about to live evidence", () => {
    const found = applyGuardMetrics(gate, [judge(Number.NaN, Number.NaN)]);
    expect(found.verdict).toBe("canary");
    expect(found.reason).toMatch(/^Not enough data .* The gate said: Promoted: better\.$/);
    const held: GateRecord = { ...gate, verdict: "hold", reason: "Held." };
    expect(applyGuardMetrics(held, [judge(0, 1)])).toMatchObject({ reason: "Held." });
  });

  test("that looked at no guards stays as it is", () => {
    const short: GateRecord = { ...gate, verdict: "not-enough-data", guards: [] };
    expect(applyGuardMetrics(short, [judge(-0.5, 0.01)])).toBe(short);
  });
});
