import { describe, expect, test } from "vitest";
import { simulateGate } from "../../tests/support/simulated-gate.ts";
import { createRandom } from "../numeric/random.ts";
import { type GateInput, judgeCandidate } from "./gate.ts";
import { gateLimits, whereWorthless } from "./gate-guards.ts";

const seed = 5;
const better = simulateGate({ users: 200, lift: 0.3 }, createRandom(seed));

/**
 * 400 users, half of them with a weight of 1.2 and half of 0.8, of which `gained` and `lost` have a reward of 1: the
 * difference is (gained − lost)/2000 in both forms, exactly.
 */
function craft(gained: number, lost: number): GateInput {
  const fill = (value: (row: number) => number) =>
    Float64Array.from({ length: 400 }, (_, row) => value(row));
  const constant = fill(() => 0.3);
  const half = fill(() => 0.5);
  return {
    ...better,
    feedback: {
      rewards: fill((row) => (row % 200 < (row < 200 ? gained : lost) ? 1 : 0)),
      propensities: half,
    },
    predictions: constant,
    checked: { mass: fill(() => 1), values: constant, uniformWeights: fill(() => 1) },
    serving: { targetProbabilities: half, directValues: constant },
    candidate: {
      targetProbabilities: fill((row) => (row < 200 ? 0.6 : 0.4)),
      directValues: constant,
    },
  };
}

const failedOf = (input: GateInput) =>
  judgeCandidate(input)
    .guards.filter(({ passed }) => !passed)
    .map(({ name }) => name);

describe(`a candidate that is 30 % better, seed ${seed}`, () => {
  const record = judgeCandidate(better);

  test("is promoted, with its numbers in one sentence", () => {
    expect(record.verdict).toBe("promote");
    expect(record.reason).toMatch(
      /^Promoted: better by 0\.\d+ a row \([\d.]+ % of the serving policy's value\); the 97\.5 % lower bound 0\.\d+ is above 0 and every guard passed\.$/,
    );
    expect([record.rows, record.clusters]).toEqual([1000, 200]);
  });

  test("with a factor on its errors is as much less certain", () => {
    const { difference, standardError, interval } = judgeCandidate(better).censored!;
    const doubled = judgeCandidate({ ...better, errorFactor: 2 }).censored!;
    expect(doubled.standardError).toBeCloseTo(2 * standardError, 12);
    expect(difference - doubled.interval[0]).toBeCloseTo(2 * (difference - interval[0]), 12);
  });

  test("carries both forms; the one with the smaller lower bound decides", () => {
    const { doublyRobust, censored } = record;
    const decisive = [censored!, doublyRobust!].toSorted(
      (left, right) => left.interval[0] - right.interval[0],
    )[0]!;
    expect(record.statistic).toBe(decisive === doublyRobust ? "doubly robust" : "censored");
    expect(record.interval).toEqual(decisive.interval);
    expect(record.difference).toBe(decisive.difference);
    expect(record.probabilityPositive).toBe(
      Math.min(doublyRobust!.probabilityPositive, censored!.probabilityPositive),
    );
    expect(record.relativeLift).toBeCloseTo(decisive.difference / decisive.servingValue, 14);
  });

  test("is estimated near its true difference, with bounds of 1.96 standard errors", () => {
    const { difference, standardError, interval, minimalDetectableDifference } = record;
    expect(Math.abs(difference! - 0.09)).toBeLessThan(4 * standardError!);
    expect((interval![1] - difference!) / standardError!).toBeCloseTo(1.959963984540054, 10);
    expect(minimalDetectableDifference! / standardError!).toBeCloseTo(2.4864748605243863, 10);
  });

  test("is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });
});

describe("each guard alone blocks a promotion", () => {
  const { feedback } = better;
  const misreport = (factor: number): GateInput => {
    const propensities = feedback.propensities.map((propensity) => factor * propensity);
    return { ...better, feedback: { ...feedback, propensities } };
  };

  test("none does as it stands", () => {
    expect(failedOf(better)).toEqual([]);
    expect(judgeCandidate(better).guards).toHaveLength(4);
  });

  const lenient = {
    ...gateLimits,
    effectiveSampleShare: 0,
    meanWeightDeviations: 1e6,
    checkedMass: 0,
    coverageRatio: 0,
  };
  test.each<[string, GateInput]>([
    [
      "effective sample share",
      { ...better, limits: { ...gateLimits, effectiveSampleShare: 0.75 } },
    ],
    ["distance of the mean weight", misreport(0.8)],
    ["distance of the mean weight", misreport(1.25)],
    ["checked mass", { ...better, limits: { ...gateLimits, checkedMass: 1 + 1e-9 } }],
    ["catalogue coverage", { ...better, coverage: { candidate: 0.79, serving: 1 } }],
  ])("%s", (name, input) => {
    expect(failedOf(input)).toEqual([name]);
    expect(judgeCandidate(input).verdict).toBe("hold");
    expect(judgeCandidate(input).reason).toMatch(
      new RegExp(`^Held by its guards: ${name} [\\d.e-]+ is (below|above) its limit [\\d.e-]+\\.$`),
    );
    expect(judgeCandidate({ ...input, limits: lenient }).verdict).toBe("promote");
  });

  test("a value at its limit passes", () => {
    expect(failedOf({ ...better, coverage: { candidate: 0.8, serving: 1 } })).toEqual([]);
  });

  test("coverage is relative to the serving policy's", () => {
    expect(failedOf({ ...better, coverage: { candidate: 0.3, serving: 0.35 } })).toEqual([]);
    expect(failedOf({ ...better, coverage: { candidate: 0, serving: 0 } })).toEqual([]);
  });
});

describe("without a proof", () => {
  test("a likely gain goes to the canary share", () => {
    const record = judgeCandidate(craft(66, 54));
    expect(record.verdict).toBe("canary");
    expect(record.difference).toBeCloseTo(0.006, 14);
    expect(record.probabilityPositive).toBeGreaterThan(0.8);
    expect(record.reason).toMatch(
      /^Canary: better by 0\.006 a row \(2 % of the .+\) with probability 90\.5 % of a gain, not yet 97\.5 %; every/,
    );
  });

  test("a candidate that is clearly worse is held, whatever was predicted", () => {
    const record = judgeCandidate({ ...craft(40, 80), predictedDifference: 1e-9 });
    expect(record.verdict).toBe("hold");
    expect(record.difference).toBeCloseTo(-0.02, 14);
    expect(record.reason).toMatch(
      /^Held: worse by 0\.02 a row \(6\.67 % of .+ upper bound -0\.\d+ is below 0\.$/,
    );
  });

  test("a gain too small to be seen is not enough data, with the rows it would take", () => {
    const record = judgeCandidate({ ...craft(60, 60), predictedDifference: 0.01 });
    expect(record.verdict).toBe("not-enough-data");
    const needed = 400 * (record.minimalDetectableDifference! / 0.01) ** 2;
    expect(record.reason).toContain(`about ${Number(needed.toPrecision(3))} rows are needed.`);
  });

  test("a gain that would have been seen is held, and so is one that nobody predicted", () => {
    for (const predictedDifference of [0.02, 0, -0.01]) {
      const record = judgeCandidate({ ...craft(60, 60), predictedDifference });
      expect(record.verdict).toBe("hold");
      expect(record.reason).toMatch(
        /bound -0\.\d+ is not above 0 and the probability of a gain 50 % is below 80 %\.$/,
      );
    }
  });

  test("the serving policy itself is held: no difference, nothing to promote", () => {
    const record = judgeCandidate({ ...better, candidate: better.serving });
    expect([record.verdict, record.difference, record.standardError]).toEqual(["hold", 0, 0]);
    expect(record.probabilityPositive).toBe(0.5);
  });

  test("without any reward there is a difference of 0 and no relative lift", () => {
    const input = craft(0, 0);
    const nothing = new Float64Array(400);
    const record = judgeCandidate({
      ...input,
      predictions: nothing,
      checked: { ...input.checked, values: nothing },
      serving: { ...input.serving, directValues: nothing },
      candidate: { ...input.candidate, directValues: nothing },
    });
    expect([record.verdict, record.difference]).toEqual(["hold", 0]);
    expect("relativeLift" in record).toBe(false);
    expect(record.reason).toMatch(/^Held: better by 0 a row; /);
  });

  test("a reward model that believes in the candidate does not prove it where there is something to protect", () => {
    const input = craft(60, 60);
    const directValues = new Float64Array(400).fill(0.9);
    const hoped = { ...input, candidate: { ...input.candidate, directValues } };
    const record = judgeCandidate(hoped);
    expect(record.doublyRobust?.interval[0]).toBeGreaterThan(0.5);
    expect([record.verdict, record.statistic]).toEqual(["hold", "censored"]);
    const unproven = judgeCandidate({ ...hoped, limits: whereWorthless(gateLimits) });
    expect([unproven.verdict, unproven.statistic]).toEqual(["promote", "doubly robust"]);
    expect(unproven.probabilityPositive).toBe(unproven.doublyRobust?.probabilityPositive);
  });
});

describe("too little to look at", () => {
  const cut = (users: number) => simulateGate({ users, lift: 0.3 }, createRandom(seed));

  test("few rows or few users are not enough data", () => {
    expect(judgeCandidate(cut(19))).toEqual({
      verdict: "not-enough-data",
      reason: "Not enough data: 95 rows of 19 users; 100 rows of 20 users are needed.",
      rows: 95,
      clusters: 19,
      effectiveSampleShare: judgeCandidate(cut(19)).effectiveSampleShare,
      guards: [],
    });
    const clusters = better.feedback.clusters?.map((user) => Number(user) % 19) as Int32Array;
    const few = { ...better, feedback: { ...better.feedback, clusters } };
    expect(judgeCandidate(few).verdict).toBe("not-enough-data");
  });

  test("no rows at all are not enough data", () => {
    const empty = new Float64Array();
    const nothing = { targetProbabilities: empty, directValues: empty };
    const record = judgeCandidate({
      ...better,
      feedback: { rewards: empty, propensities: empty },
      predictions: empty,
      checked: { mass: empty, values: empty, uniformWeights: empty },
      serving: nothing,
      candidate: nothing,
    });
    expect([record.verdict, record.rows]).toEqual(["not-enough-data", 0]);
  });
});

describe("what cannot be used is held with the reason, never promoted", () => {
  const { feedback, candidate, serving } = better;
  const spoil = (values: Float64Array) =>
    values.map((value, row) => (row === 7 ? Number.NaN : value));

  test.each<[string, Partial<GateInput>]>([
    ["rewards", { feedback: { ...feedback, rewards: spoil(feedback.rewards) } }],
    ["propensities", { feedback: { ...feedback, propensities: spoil(feedback.propensities) } }],
    ["serving.predictions", { predictions: spoil(better.predictions) }],
    [
      "candidate.targetProbabilities",
      { candidate: { ...candidate, targetProbabilities: spoil(candidate.targetProbabilities) } },
    ],
    [
      "candidate.directValues",
      { candidate: { ...candidate, directValues: spoil(candidate.directValues) } },
    ],
    [
      "serving.directValues",
      { serving: { ...serving, directValues: spoil(serving.directValues) } },
    ],
    ["checked.mass", { checked: { ...better.checked, mass: spoil(better.checked.mass) } }],
    ["checked.values", { checked: { ...better.checked, values: spoil(better.checked.values) } }],
    ["above.moves", { above: { values: better.predictions, moves: spoil(better.predictions) } }],
    ["coverage.candidate", { coverage: { candidate: Number.NaN, serving: 1 } }],
    ["coverage.serving", { coverage: { candidate: 1, serving: Number.NaN } }],
    ["predictedDifference", { predictedDifference: Number.NaN }],
    ["weightClip", { weightClip: Number.NaN }],
    ["weightClip", { weightClip: Number.POSITIVE_INFINITY }],
  ])("%s", (field, spoiled) => {
    const record = judgeCandidate({ ...better, ...spoiled });
    expect(record.verdict).toBe("hold");
    expect(record.reason).toMatch(new RegExp(`^Held: ${field} must be .+, got (NaN|Infinity)`));
    expect(record.difference).toBeUndefined();
  });

  test("arrays of different lengths", () => {
    const predictions = better.predictions.slice(1);
    expect(judgeCandidate({ ...better, predictions }).reason).toMatch(
      /^Held: serving\.predictions must have one entry for each of the 1000 rewards, got 999/,
    );
  });

  test("an error that is no number, where the limits let a single user through", () => {
    const clusters = new Int32Array(feedback.rewards.length);
    const limits = { ...gateLimits, minimumClusters: 1, meanWeightDeviations: 0 };
    const record = judgeCandidate({ ...better, feedback: { ...feedback, clusters }, limits });
    expect([record.verdict, record.difference]).toEqual(["hold", undefined]);
  });

  test("a programmer's error is thrown", () => {
    const limits = { ...gateLimits, promoteConfidence: 2 };
    expect(() => judgeCandidate({ ...better, limits })).toThrow(RangeError);
  });
});
