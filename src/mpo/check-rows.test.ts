import { describe, expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { gateLimits } from "../evaluation/gate-guards.ts";
import { checkRows } from "./check-rows.ts";
import { distillationGap, gateCandidate } from "./gate.ts";
import { measurePart } from "./measure.ts";
import { memoryHalfLives } from "./meta-settings.ts";
import { mixChallengers } from "./mixture.ts";
import { bootstraps, type RowScores, type ScoredRow } from "./row-scores.ts";
import { mixArrays } from "./target-arrays.ts";

const views = sampleViews(3);
const uniform = new Float64Array(3).fill(-Math.log(3));
const short = uniform.slice(0, 2);
const heads = Array.from({ length: memoryHalfLives.length * bootstraps }, () =>
  Float64Array.of(0.1, 0.2, 0.3),
);

const scored = (scores: Partial<RowScores> = {}, action = 2): ScoredRow => ({
  row: sampleRow(views, { action }),
  scores: {
    logPolicy: uniform,
    rewardHeads: heads,
    discriminator: new Float64Array(3),
    ...scores,
  },
});

/** The 200 rows are enough for a verdict; the last one lacks something. */
const withLast = (last: ScoredRow) => [
  ...Array.from({ length: 199 }, (_, user) => ({
    ...scored(),
    row: sampleRow(views, { action: 2, user }),
  })),
  last,
];

const gate = (rows: readonly ScoredRow[], candidateLogs = rows.map(() => uniform)) =>
  gateCandidate({ rows, candidateLogs, predictedDifference: 0, limits: gateLimits });

const faults: readonly (readonly [string, ScoredRow, string])[] = [
  ["log π of a candidate", scored({ logPolicy: short }), "logPolicy must have 3 entries, got 2"],
  [
    "D of a candidate",
    scored({ discriminator: short }),
    "discriminator must have 3 entries, got 2",
  ],
  [
    "a reward head",
    scored({ rewardHeads: heads.slice(1) }),
    "rewardHeads must have 6 entries, got 5",
  ],
  [
    "a head's word on a candidate",
    scored({ rewardHeads: heads.with(4, short) }),
    "rewardHeads[4] must have 3 entries, got 2",
  ],
  ["the chosen candidate", scored({}, 3), "action must be one of 3 candidates, got 3"],
  ["a whole choice", scored({}, Number.NaN), "action must be one of 3 candidates, got NaN"],
];

test("below the first position a head's word on the choice is enough", () => {
  const first = { ...scored(), row: sampleRow(views, { action: 2, user: 1 }) };
  const chosen = heads.map((head) => head.slice(2));
  const below = sampleRow(views.slice(0, 2), { action: 1, user: 1, position: 1 });
  const logPolicy = uniform.slice(1);
  const scores = { logPolicy, rewardHeads: chosen, discriminator: new Float64Array(2) };
  expect(() => checkRows([first, { row: below, scores }])).not.toThrow();
  const atTop = { row: { ...below, position: 0 }, scores };
  expect(() => checkRows([first, atTop])).toThrow("rewardHeads[0] must have 2 entries, got 1");
});

describe("a row that lacks", () => {
  test.each(faults)("%s is neither gated nor measured", (_, row, reason) => {
    const message = new RangeError(`rows[199].${reason}`);
    expect(() => gate(withLast(row))).toThrow(message);
    expect(() => measurePart({ rows: withLast(row), challengers: [] })).toThrow(message);
  });

  test("nothing is both", () => {
    const rows = withLast(scored());
    expect(gate(rows)).toMatchObject({ rows: 200, difference: 0 });
    expect(measurePart({ rows, challengers: [] }).serving.targetProbabilities[199]).toBeCloseTo(
      1 / 3,
      12,
    );
  });
});

test("a candidate that is silent on a row, or on a candidate of one, is not gated", () => {
  const rows = withLast(scored());
  const logs = rows.map(() => uniform);
  expect(() => gate(rows, logs.slice(1))).toThrow("candidateLogs must have 200 entries, got 199");
  expect(() => gate(rows, logs.with(7, short))).toThrow(
    "candidateLogs[7] must have 3 entries, got 2",
  );
});

test("a challenger without a weight is not taken for one of weight 0", () => {
  const setting = {
    name: "leap",
    klRadius: 1,
    pessimism: 0,
    discriminator: 0,
    proximity: 1,
    memory: [0, 0, 1],
  };
  const restraint = { strength: 0, massBefore: 0, massAfter: 0 };
  const challengers = [{ setting, temperature: 1, restraint }];
  expect(() => mixChallengers(challengers, { "do-nothing": 1 })).toThrow("the setting 'leap'");
  expect(() => mixChallengers(challengers, { leap: 1 })).toThrow("the setting 'do-nothing'");
  const array = { targetProbabilities: uniform, directValues: uniform };
  expect(() => mixArrays([array, array], [1])).toThrow("weights must have 2 entries, got 1");
});

test("a policy that is silent on a state did not reach its target", () => {
  const move = { target: uniform.map(Math.exp), logPolicy: uniform };
  expect(() => distillationGap([move, move], [uniform])).toThrow("logs must have 2 entries, got 1");
});
