import { describe, expect, test } from "vitest";
import type { Cell } from "./cells.ts";
import type { Life } from "./life.ts";
import { correlationOf, countBadCells, poolByLevel, rateOf } from "./pool.ts";

const runs = (...promoted: number[]) => promoted.map((one) => ({ candidates: 4, promoted: one }));

describe("candidates that share a log", () => {
  test("tell as much as one each run if they all end alike, and as many if they are unrelated", () => {
    expect(correlationOf(runs(4, 0, 0, 4))).toBe(1);
    // Residuals of a run add up to 0: ρ = −1/3, which counts as none.
    expect(correlationOf(runs(2, 2, 2, 2))).toBe(0);
    expect(rateOf(runs(4, 0, 0, 4), 1, 0.05).effective).toBe(4);
    expect(rateOf(runs(2, 2, 2, 2), 0, 0.05).effective).toBe(16);
    // 1 + (4 − 1)·0.2.
    expect(rateOf(runs(1, 0, 0, 0), 0.2, 0.05).effective).toBeCloseTo(16 / 1.6, 12);
  });

  test("count one each run without a promotion: 300 runs bound the rate by 1 %", () => {
    const counts = new Array(300).fill({ candidates: 4, promoted: 0 });
    const correlation = correlationOf(counts);
    expect(correlation).toBe(1);
    // 1 − 0.05^(1/300).
    expect(rateOf(counts, correlation, 0.05).upper).toBeCloseTo(0.009936, 6);
  });

  test("are correlated by as much as their residuals: (2, 0) of three each", () => {
    const counts = [
      { candidates: 3, promoted: 2 },
      { candidates: 3, promoted: 0 },
    ];
    // p = 1/3: pairs add up to (1 − 12/9 + 3/9) + (1 − 3/9) = 2/3 of 2/9 · 12.
    expect(correlationOf(counts)).toBeCloseTo(2 / 3 / ((2 / 9) * 12), 12);
  });
});

const cell: Cell = { slate: 1, items: 20, rate: 0.05, rarer: "reward", hazard: "still" };
const life = (lift: number, end: Life["end"], kind: Life["kind"] = "trap"): Life => ({
  kind,
  trap: "",
  lift,
  end,
  verdict: "promote",
});

test("wrong promotions are counted by level, those on live rewards and by a review among them", () => {
  const lives = [
    life(-0.02, "promoted by review"),
    life(0, "promoted live", "swap"),
    life(0.1, "promote", "better"),
    life(-0.1, "hold", "worse"),
    life(-0.3, "promote", "learner"),
  ];
  const pooled = poolByLevel([{ cell, lives }]);
  const find = (claim: string, level: string) =>
    pooled.find((one) => one.claim === claim && one.level === level);
  expect(find("no gain", "0.05")).toMatchObject({ candidates: 2, promoted: 2 });
  expect(find("10 % worse", "still")).toMatchObject({ candidates: 1, promoted: 0 });
  expect(find("no gain", "drift")).toMatchObject({ candidates: 0, upper: 1 });
});

test("a cell is bad if its wrong promotions are no chance at 5 %", () => {
  const ends = (promoted: number) =>
    Array.from({ length: 8 }, (_, index) => life(0, index < promoted ? "promote" : "hold"));
  const others = Array.from({ length: 60 }, (_, index) => ({
    cell: { ...cell, rate: 0.3 } as const,
    lives: ends(index % 3 === 0 ? 1 : 0),
  }));
  expect(countBadCells([...others, { cell, lives: ends(7) }])).toBe(1);
  expect(countBadCells([...others, { cell, lives: ends(1) }])).toBe(0);
});
