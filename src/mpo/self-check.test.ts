import { expect, test } from "vitest";
import { largestRounding } from "../evaluation/checks.ts";
import { normaliseLogs } from "../numeric/log-probabilities.ts";
import type { JudgedRow } from "./judged-row.ts";
import { applySelfCheck, checkLogged } from "./self-check.ts";

const exploration = 0.1;
const pi = normaliseLogs(Float64Array.of(1, 0, -2));
const left = normaliseLogs(Float64Array.of(0, -2));
const propensityOf = (logs: Float64Array, action: number) =>
  (1 - exploration) * Math.exp(logs[action]!) + exploration / logs.length;

/** Slates that show items 0 and 2 of three. */
const slates = Array.from({ length: 5 }, (_, user): JudgedRow[] => {
  const common = { reward: 1, exploration, user, arm: "serving" } as const;
  const candidates = ["a", "b", "c"].map((itemId) => ({ itemId }));
  const top = { candidates, action: 0, position: 0, propensity: propensityOf(pi, 0) };
  const next = { action: 1, position: 1, propensity: propensityOf(left, 1) };
  return [
    { ...common, ...top },
    { ...common, ...next, candidates: candidates.slice(1) },
  ];
});
const logsOf = (rows: readonly JudgedRow[]) =>
  rows.map(({ position }) => (position === 0 ? pi : left));
const check = (rows: readonly JudgedRow[]) => checkLogged(rows, logsOf(rows));

/** The third slate with its second row changed. */
const withChanged = (change: Partial<JudgedRow>) =>
  slates.flatMap((slate, index) =>
    index === 2 ? [slate[0]!, { ...slate[1]!, ...change }] : slate,
  );

test("rows of the policy itself are all kept, and differ by rounding alone", () => {
  const { isKept, selfCheck } = check(slates.flat());
  expect(slates.flat().every(isKept)).toBe(true);
  expect(selfCheck).toMatchObject({ rows: 10, leftOut: 0 });
  expect(selfCheck.largestLogRatio).toBeLessThan(1e-12);
});

test.each([
  ["twice the probability", 2 * propensityOf(left, 1), Math.log(2)],
  [
    "just beyond rounding",
    propensityOf(left, 1) * (1 + 2 * largestRounding),
    Math.log(1 + 2 * largestRounding),
  ],
  ["zero, as of a record that lost it", 0, 0],
  ["no number", Number.NaN, 0],
  ["negative", -0.1, 0],
])(
  "a row whose propensity is %s takes its slate along and nothing else",
  (_, propensity, ratio) => {
    const rows = withChanged({ propensity });
    const { isKept, selfCheck } = check(rows);
    expect(rows.filter(isKept)).toEqual(slates.toSpliced(2, 1).flat());
    expect(selfCheck).toEqual({ rows: 10, leftOut: 2, largestLogRatio: expect.closeTo(ratio, 9) });
  },
);

test("a difference of float32 scores is rounding", () => {
  const rows = withChanged({ propensity: propensityOf(left, 1) * (1 + 1e-4) });
  expect(check(rows).selfCheck.leftOut).toBe(0);
});

test("a foreign row is neither checked nor left out", () => {
  const foreign = { ...slates[0]![0]!, propensity: 0.9, isForeign: true };
  const { isKept, selfCheck } = check([foreign, ...slates.flat()]);
  expect(isKept(foreign, 0)).toBe(true);
  expect(selfCheck).toMatchObject({ rows: 10, leftOut: 0 });
});

test("a model that is silent on a candidate is a fault, not a failed check", () => {
  const rows = slates.flat();
  expect(() =>
    checkLogged(
      rows,
      rows.map(() => left),
    ),
  ).toThrow("logs[0] must have 3 entries, got 2");
});

test("the reason names the rows left out where data is lacking, and only there", () => {
  const gate = { reason: "Too few.", rows: 0, guards: [] };
  const selfCheck = { rows: 90, leftOut: 90, largestLogRatio: 0.5 };
  const short = applySelfCheck({ ...gate, verdict: "not-enough-data" }, selfCheck);
  expect(short.reason).toMatch(/^Too few\. The self-check left out 90 of 90 rows: .*now\.$/);
  expect(applySelfCheck({ ...gate, verdict: "hold" }, selfCheck)).toEqual({
    ...gate,
    verdict: "hold",
    selfCheck,
  });
});

test("a candidate that is judged on what a tenth of the slates left over is held", () => {
  const passed = { name: "coverage", value: 1, limit: 0.8, passed: true };
  const gate = { verdict: "promote", reason: "Promoted.", rows: 90, guards: [passed] } as const;
  const few = applySelfCheck(gate, { rows: 100, leftOut: 10, largestLogRatio: 0.5 });
  expect(few).toMatchObject({ verdict: "promote", reason: "Promoted." });
  expect(few.guards.map(({ passed: isPassed }) => isPassed)).toEqual([true, true]);
  const many = applySelfCheck(gate, { rows: 100, leftOut: 11, largestLogRatio: 0.5 });
  expect(many.verdict).toBe("hold");
  expect(many.reason).toBe(
    "Held by its guards: left out by the self-check 0.11 is above its limit 0.1.",
  );
});
