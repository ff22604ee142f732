import { expect, test } from "vitest";
import { numberClusters } from "./clusters.ts";
import { weighStrata, weightedMean, weightedStandardError } from "./strata.ts";

const ones = (count: number) => new Float64Array(count).fill(1);

test("rows count by the inverse spread of their stratum, and none more than those of the largest", () => {
  const index = Int32Array.of(0, 0, 0, 1, 1, 2, 3);
  const differenceSpread = Float64Array.of(1, 2, 3, 3, 5, 0.5, 100);
  const { difference } = weighStrata({ index, differenceSpread, servingSpread: ones(7) });
  // 2 of the largest against 4, 0.5, and 100, of whose weight of 0.02 nothing is left.
  expect([...difference]).toEqual([1, 1, 1, 0.5, 0.5, 1, 0]);
});

test("rows of the serving policy count 1 in its value, whatever the candidate is", () => {
  const index = Int32Array.of(0, 1, 1, 2);
  const servingSpread = Float64Array.of(1, 3, 5, 11);
  const { serving } = weighStrata({ index, differenceSpread: ones(4), servingSpread });
  expect([...serving]).toEqual([1, 0.25, 0.25, 0]);
});

test("a candidate that differs nowhere leaves all rows alike", () => {
  const index = Int32Array.of(0, 1);
  const { difference } = weighStrata({
    ...{ index, differenceSpread: new Float64Array(2), servingSpread: ones(2) },
  });
  expect([...difference]).toEqual([1, 1]);
});

test("the error of a weighted mean is that of its users' weighted sums", () => {
  const values = Float64Array.of(1, 3, 5, 7);
  const weights = Float64Array.of(1, 1, 0.5, 0.5);
  const mean = weightedMean(values, weights);
  expect(mean).toBeCloseTo(10 / 3, 14);
  // One user has a row in both strata. Σ ω·(x − 10/3): −7/3, −1/3 + 5/6 = 1/2, 11/6.
  const clusters = numberClusters(4, ["ann", "bob", "bob", "cid"]);
  const squares = (7 / 3) ** 2 + 0.5 ** 2 + (11 / 6) ** 2;
  expect(weightedStandardError(values, { mean, weights }, clusters)).toBeCloseTo(
    Math.sqrt((3 / 2) * squares) / 3,
    14,
  );
});
