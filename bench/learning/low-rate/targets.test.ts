import { expect, test } from "vitest";
import { lowRateWorld } from "../low-rate.world.ts";
import { collectResults } from "../results.ts";
import { fewWrongPromotions, neverBelow } from "./targets.ts";

const [caseName = ""] = lowRateWorld.cases;
/** Ahead in the first two cycles, behind by 0.1 in the two that count. */
const outcome = (wrong: number) => ({
  values: {},
  curves: { MPO: [1, 1, 0.4, 0.4], popularity: [0, 0, 0.5, 0.5] },
  figures: { "MPO: wrong promotions": wrong },
});
const collect = (wrong: readonly number[]) =>
  collectResults(
    lowRateWorld,
    wrong.map((_, seed) => seed + 1),
    new Map([[caseName, wrong.map(outcome)]]),
  );

test("cycles before the third don't make up for those after", () => {
  const { judge } = neverBelow("MPO", "popularity");
  expect(judge(collect([0]))).toEqual({ met: false, found: "-0.1000 clicks a slate, -20.0 %" });
  expect(neverBelow("popularity", "MPO").judge(collect([0]))?.met).toBe(true);
  expect(neverBelow("MPO", "greedy").judge(collect([0]))).toBeUndefined();
});

test("wrong promotions are a share of all cycles, of every seed", () => {
  const { judge } = fewWrongPromotions("MPO");
  const seeds = (wrong: number, count: number) => [wrong, ...new Array<number>(count - 1).fill(0)];
  expect(judge(collect(seeds(1, 5)))).toEqual({ met: true, found: "1 of 20 cycles" });
  expect(judge(collect(seeds(1, 4)))).toEqual({ met: false, found: "1 of 16 cycles" });
});
