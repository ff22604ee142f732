import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { findDoubtfulItems } from "./doubtful-items.ts";
import type { ScoredRow } from "./row-scores.ts";

const views = sampleViews(6);
const memory = [1, 0, 0];

/** Rows on which an item of each kind is a candidate; `q` and `d` by item. */
const rowsOf = (count: number, q: readonly number[], d: readonly number[]): ScoredRow[] =>
  Array.from({ length: count }, (_, index) => ({
    row: sampleRow(views, { action: index % 3, reward: index % 3 === 0 ? 0.25 : 1 }),
    scores: {
      logPolicy: new Float64Array(6).fill(-Math.log(6)),
      rewardHeads: Array.from({ length: 6 }, () => Float64Array.from(q)),
      discriminator: Float64Array.from(d),
    },
  }));

test("an item that the reward model loves and satisfied users leave is listed with its figures", () => {
  const q = [0.9, 0.9, 0.1, 0.1, 0.1, 0.1];
  const [doubtful, ...others] = findDoubtfulItems(rowsOf(30, q, [-2.5, 0, -4, 0, 0, 0]), memory);
  expect(others).toEqual([]);
  expect(doubtful).toMatchObject({ itemId: "i-0", states: 30, shown: 10 });
  expect(doubtful!.prediction).toBeCloseTo(0.9, 12);
  // (0.9 − 11/30)/spread, of 2 at 0.9 and 4 at 0.1.
  expect(doubtful!.excess).toBeCloseTo((0.8 * (2 / 3)) / (0.8 * Math.sqrt(2 / 9)), 12);
  expect(doubtful!.discriminator).toBe(-2.5);
  expect(doubtful!.reward).toBe(0.25);
});

test("the worst comes first", () => {
  const q = [0.1, 0.1, 0.1, 0.1, 0.9, 0.9];
  const listed = findDoubtfulItems(rowsOf(30, q, [0, 0, 0, 0, -2.2, -2.9]), memory);
  expect(listed.map(({ itemId }) => itemId)).toEqual(["i-5", "i-4"]);
  expect(listed.every(({ shown, reward }) => shown === 0 && reward === undefined)).toBe(true);
});

test("few states, a prediction like the others', and none at all name nobody", () => {
  const q = [0.9, 0.1, 0.1, 0.1, 0.1, 0.1];
  const low = [-3, -3, -3, -3, -3, -3];
  expect(findDoubtfulItems(rowsOf(19, q, low), memory)).toEqual([]);
  expect(findDoubtfulItems(rowsOf(30, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5], low), memory)).toEqual([]);
  expect(findDoubtfulItems([], memory)).toEqual([]);
});

test("a slate is one state, and each of its rows shows an item", () => {
  const q = [0.9, 0.9, 0.1, 0.1, 0.1, 0.1];
  const slates = rowsOf(30, q, [-2.5, 0, 0, 0, 0, 0]).flatMap((one) => {
    const below = { ...one.row, position: 1, action: 0, reward: 0.5 };
    const unread = one.scores.rewardHeads.map((head) => head.map(() => Number.NaN));
    return [one, { row: below, scores: { ...one.scores, rewardHeads: unread } }];
  });
  const [doubtful] = findDoubtfulItems(slates, memory);
  expect(doubtful).toMatchObject({ itemId: "i-0", states: 30, shown: 40 });
  // Ten first rows at 0.25, thirty below at 0.5.
  expect(doubtful!.reward).toBeCloseTo((10 * 0.25 + 30 * 0.5) / 40, 12);
});
