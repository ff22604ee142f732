import { expect, test } from "vitest";
import { numberClusters } from "./clusters.ts";
import { leftOutChanges, weighStrata, weightedMean, weightedStandardError } from "./strata.ts";

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

test("a few rows of a new serving policy don't leave out the many of the policy before", () => {
  const index = Int32Array.from({ length: 203 }, (_, row) => (row < 200 ? 0 : 1));
  const servingSpread = Float64Array.from(index, (stratum) => (stratum === 0 ? 12 : 1));
  const { serving } = weighStrata({ index, differenceSpread: ones(203), servingSpread });
  expect([serving[0], serving[202]]).toEqual([1, 12]);
});

test("a candidate that differs nowhere leaves all rows alike", () => {
  const index = Int32Array.of(0, 1);
  const { difference } = weighStrata({
    index,
    differenceSpread: new Float64Array(2),
    servingSpread: ones(2),
  });
  expect([...difference]).toEqual([1, 1]);
});

test("the error of a weighted mean is that of leaving out each user in turn", () => {
  const values = Float64Array.of(1, 3, 5, 7);
  const weights = Float64Array.of(1, 1, 0.5, 0.5);
  const mean = weightedMean(values, weights);
  expect(mean).toBeCloseTo(10 / 3, 14);
  // One user has a row in both strata. Without ann 4.5, without bob 3, without cid 2.6.
  const clusters = numberClusters(4, ["ann", "bob", "bob", "cid"]);
  const squares = (4.5 - mean) ** 2 + (3 - mean) ** 2 + (2.6 - mean) ** 2;
  expect(weightedStandardError(values, { mean, weights }, clusters)).toBeCloseTo(
    Math.sqrt((2 / 3) * squares),
    14,
  );
});

test("a user adds to a mean its distance from the mean of all others", () => {
  const values = Float64Array.of(1, 3, 5, 7);
  const weights = Float64Array.of(1, 1, 0.5, 0.5);
  const clusters = numberClusters(4, ["ann", "bob", "bob", "cid"]);
  const mean = 10 / 3;
  const changes = leftOutChanges(values, { mean, weights }, clusters);
  for (const [user, others] of [4.5, 3, 2.6].entries())
    expect(changes[user]).toBeCloseTo(mean - others, 14);
  const alone = leftOutChanges(values, { mean, weights }, numberClusters(4, ["a", "a", "a", "a"]));
  expect([...alone]).toEqual([Number.POSITIVE_INFINITY]);
});

test("a mean that one user alone has made is no larger than its error", () => {
  const values = Float64Array.from({ length: 300 }, (_, row) => (row < 100 ? 1 : 0));
  const weights = ones(300);
  const users = Array.from(values, (value, row) => (value === 1 ? "bot" : `${row}`));
  const clusters = numberClusters(300, users);
  const error = weightedStandardError(values, { mean: 1 / 3, weights }, clusters);
  expect(error).toBeGreaterThan(0.997 / 3);
});

test("there is no error to be had if one user has all of the weight", () => {
  const values = Float64Array.of(1, 2, 3);
  const clusters = numberClusters(3, ["ann", "ann", "bob"]);
  const weights = Float64Array.of(1, 1, 0);
  expect(weightedStandardError(values, { mean: 1.5, weights }, clusters)).toBe(
    Number.POSITIVE_INFINITY,
  );
});
