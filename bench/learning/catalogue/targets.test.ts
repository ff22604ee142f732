import { expect, test } from "vitest";
import { catalogueWorld } from "../catalogue.world.ts";
import { collectResults } from "../results.ts";
import { aboveInErrors, intervalReaches } from "./targets.ts";

const caseName = "ml-100k";
/** By seed, of MPO and of the others. */
const collect = (own: readonly number[], others: readonly number[]) =>
  collectResults(
    catalogueWorld,
    own.map((_, seed) => seed + 1),
    new Map([
      [
        caseName,
        own.map((value, seed) => ({ values: { MPO: value, "frozen policy": others[seed]! } })),
      ],
    ]),
  );
const comparison = { policy: "MPO", over: "frozen policy", caseName };

test("a gain counts in paired standard errors", () => {
  const { judge } = aboveInErrors(3, comparison);
  // Differences 0.1, 0.2 and 0.3: 0.2 ± 0.0577.
  expect(judge(collect([1.1, 1.2, 1.3], [1, 1, 1]))).toEqual({
    met: true,
    found: "0.200 ± 0.058, 3.5 errors",
  });
  expect(judge(collect([1.05, 1.15, 1.25], [1, 1, 1]))?.met).toBe(false);
  expect(judge(collect([2], [1]))).toBeUndefined();
  expect(
    aboveInErrors(3, { ...comparison, caseName: "ml-1m" }).judge(collect([2, 3], [1, 1])),
  ).toBeUndefined();
});

test("an interval is Student's, as a share of the other's mean", () => {
  const { judge } = intervalReaches(-0.01, comparison);
  // −0.2 ± 0.0577 of 2, with Student's 4.3027 of two degrees: −22.4 and 2.4 %.
  expect(judge(collect([1.7, 1.8, 1.9], [2, 2, 2]))).toEqual({
    met: true,
    found: "-22.4 to 2.4 %",
  });
  expect(judge(collect([1.5, 1.6, 1.7], [2, 2, 2]))).toEqual({
    met: false,
    found: "-32.4 to -7.6 %",
  });
});

test("each data set has both targets, and the usual run is one of them on ten seeds", () => {
  expect(catalogueWorld.targets.map(({ text }) => text).slice(0, 2)).toEqual([
    "MPO above frozen policy by more than 3 standard errors on ml-100k",
    "95 % interval of MPO against nightly training includes -1 % or better on ml-100k",
  ]);
  expect(catalogueWorld.targets).toHaveLength(2 * catalogueWorld.cases.length);
  expect(catalogueWorld.usual).toEqual({ cases: ["ml-100k"], seeds: 10 });
});
