import { describe, expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { drawUnits, epochUnits, shuffledUnits } from "./train-rows.ts";

describe("shuffled units", () => {
  const indices = (count: number, random = createRandom(1)) =>
    shuffledUnits(count, random).map(({ index }) => index);

  test("are every one once, each of weight 1", () => {
    expect(indices(10).toSorted((left, right) => left - right)).toEqual([...Array(10).keys()]);
    expect(shuffledUnits(10, createRandom(1)).every(({ weight }) => weight === 1)).toBe(true);
    expect(indices(0)).toEqual([]);
  });

  test("are in the order of the stream: the same for a seed, another in the next epoch", () => {
    expect(indices(50)).toEqual(indices(50));
    const stream = createRandom(1);
    expect(indices(50, stream)).not.toEqual(indices(50, stream));
  });
});

describe("drawn units", () => {
  const most = 1000;
  const draw = (count: number, recent: number, random = createRandom(1)) =>
    drawUnits({ count, recent, most }, random);

  test("are all recent ones and as many older, which count for all that are older", () => {
    const drawn = draw(100, 10);
    expect(drawn.length).toBe(20);
    expect(epochUnits({ count: 100, recent: 10, most })).toBe(20);
    expect(new Set(drawn.map(({ index }) => index)).size).toBe(20);
    const recent = drawn.filter(({ index }) => index < 10);
    expect(recent.map(({ weight }) => weight)).toEqual(new Array(10).fill(1));
    const older = drawn.filter(({ index }) => index >= 10);
    expect(older.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(90, 12);
  });

  test("are all, as they are, if half of them are recent", () => {
    for (const recent of [50, 70, 100]) {
      const drawn = draw(100, recent);
      expect(drawn.length).toBe(epochUnits({ count: 100, recent, most }));
      expect(drawn.map(({ index }) => index).toSorted((a1, b1) => a1 - b1)).toEqual([
        ...Array(100).keys(),
      ]);
      expect(drawn.every(({ weight }) => weight === 1)).toBe(true);
    }
  });

  test("come from both if they are too many, each weighted up for all of its kind", () => {
    for (const [count, recent, expected] of [
      [9000, 4000, 500],
      [4200, 4000, 800],
      [4000, 4000, 1000],
    ] as const) {
      const drawn = draw(count, recent);
      expect(drawn.length).toBe(most);
      expect(new Set(drawn.map(({ index }) => index)).size).toBe(most);
      const isRecent = ({ index }: { index: number }) => index < recent;
      const weigh = (units: typeof drawn) => units.reduce((sum, { weight }) => sum + weight, 0);
      expect(drawn.filter(isRecent).length).toBe(expected);
      expect(weigh(drawn.filter(isRecent))).toBeCloseTo(recent, 6);
      expect(weigh(drawn)).toBeCloseTo(count, 6);
    }
  });

  test("are other older ones each epoch, and the same for the same seed", () => {
    const stream = createRandom(1);
    const olderOf = () =>
      new Set(draw(100, 10, stream).flatMap(({ index }) => (index < 10 ? [] : [index])));
    expect(olderOf()).not.toEqual(olderOf());
    expect(draw(100, 10)).toEqual(draw(100, 10));
  });

  test("of nothing are none", () => {
    expect(draw(0, 0)).toEqual([]);
  });
});
