import { expect, test } from "vitest";
import { compareSlates, placeChances } from "./slate-shift.ts";

const none = { rules: {}, exploration: 0.1 };

test("the shift of one position is the total variation between its two distributions", () => {
  const slate = { ...none, logits: Float64Array.of(Math.log(3), 0), order: [0] };
  const { shift, logRatios } = compareSlates(slate, Float64Array.of(0, 0));
  // 0.9·0.75 + 0.05 = 0.725 against 0.5
  expect(shift).toBeCloseTo(0.225, 12);
  expect(logRatios[0]).toBeCloseTo(Math.log(0.725 / 0.5), 12);
});

test("a position without a choice counts in the mean, a pinned one does not", () => {
  const logits = Float64Array.of(Math.log(3), 0);
  const both = compareSlates({ ...none, logits, order: [0, 1] }, Float64Array.of(0, 0));
  expect(both.shift).toBeCloseTo(0.225 / 2, 12);
  const rules = { pins: new Map([[0, 2]]) };
  const pinned = { exploration: 0.1, rules, logits: Float64Array.of(Math.log(3), 0, 9) };
  const found = compareSlates({ ...pinned, order: [2, 0] }, Float64Array.of(0, 0, 1));
  expect(found.shift).toBeCloseTo(0.225, 12);
  expect(found.logRatios[0]).toBe(0);
  const all = {
    pins: new Map([
      [0, 2],
      [1, 0],
    ]),
  };
  expect(compareSlates({ ...pinned, rules: all, order: [2, 0] }, logits).shift).toBe(0);
});

test("a place tells the order by score, what chance had to choose from, and what caps forbade", () => {
  const caps = { groupsOf: [[0], [0], [], [0]], limits: [1] };
  const logits = Float64Array.of(1, 3, 2, 0);
  const [first, second] = placeChances({
    logits,
    order: [0, 2],
    exploration: 0.2,
    rules: { caps },
  });
  const total = Math.exp(1) + Math.exp(3) + Math.exp(2) + 1;
  const explored = 0.05 / ((0.8 * Math.exp(1)) / total + 0.05);
  expect(first).toEqual({ rank: 3, open: 4, capped: 0, explored, pinned: false });
  expect(second).toEqual({ rank: 1, open: 1, capped: 2, explored: 0.2, pinned: false });
});
