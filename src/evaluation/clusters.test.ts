import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { clusteredCovariance, clusteredStandardError, numberClusters } from "./clusters.ts";
import { averageContributions } from "./estimate.ts";

test("with one row a user the error is the sample deviation over √n", () => {
  const values = Float64Array.of(1, 2, 4, 9);
  // mean 4, Σ(x − 4)² = 9 + 4 + 0 + 25 = 38
  expect(clusteredStandardError(values, 4, numberClusters(4))).toBeCloseTo(
    Math.sqrt(38 / 3 / 4),
    14,
  );
});

test("rows of one user count together", () => {
  const clusters = numberClusters(4, ["ann", "bob", "ann", "bob"]);
  // Residuals −3, −2, 0, 5: ann −3, bob 3; G/(G − 1) = 2.
  expect(clusteredStandardError(Float64Array.of(1, 2, 4, 9), 4, clusters)).toBeCloseTo(
    Math.sqrt(2 * 18) / 4,
    14,
  );
});

test("repeating every user's rows adds no information", () => {
  const values = Float64Array.of(1, 2, 4, 9);
  const twice = Float64Array.from([...values, ...values]);
  const clusters = numberClusters(8, Int32Array.of(0, 1, 2, 3, 0, 1, 2, 3));
  expect(clusteredStandardError(twice, 4, clusters)).toBeCloseTo(
    clusteredStandardError(values, 4, numberClusters(4)),
    14,
  );
});

test("a single user leaves the error unknown", () => {
  const clusters = numberClusters(3, ["ann", "ann", "ann"]);
  const values = Float64Array.of(1, 2, 3);
  expect(clusteredStandardError(values, 2, clusters)).toBe(Number.POSITIVE_INFINITY);
  const { interval } = averageContributions("ips", values, { clusters });
  expect([interval.lower, interval.upper]).toEqual([
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
});

test("covariances of several means have their squared errors on the diagonal, and what users share beside it", () => {
  const columns = [Float64Array.of(1, 2, 4, 9), Float64Array.of(3, 1, 0, 4)];
  const clusters = numberClusters(4, ["ann", "bob", "ann", "bob"]);
  const covariance = clusteredCovariance(columns, clusters);
  expect(covariance[0]).toBeCloseTo(clusteredStandardError(columns[0]!, 4, clusters) ** 2, 14);
  expect(covariance[3]).toBeCloseTo(clusteredStandardError(columns[1]!, 2, clusters) ** 2, 14);
  // ann −3 and −1, bob 3 and 1; G/(G − 1) = 2.
  expect(covariance[1]).toBeCloseTo((2 * (3 + 3)) / 16, 14);
  expect(covariance[2]).toBe(covariance[1]);
  const one = clusteredCovariance(columns, numberClusters(4, ["ann", "ann", "ann", "ann"]));
  expect([...one]).toEqual(new Array(4).fill(Number.POSITIVE_INFINITY));
});

test("intervals cover the truth where users differ, and would not if rows counted as independent", () => {
  const random = createRandom(77);
  const users = 50;
  const rowsEach = 8;
  const ids = Int32Array.from({ length: users * rowsEach }, (_, row) => Math.floor(row / rowsEach));
  let covered = 0;
  let coveredAsRows = 0;
  for (let log = 0; log < 1000; log++) {
    const tastes = Float64Array.from({ length: users }, () => random.normal());
    const values = Float64Array.from(ids, (user) => tastes[user]! + random.normal());
    const covers = (clusters: ReturnType<typeof numberClusters>) => {
      const { interval } = averageContributions("ips", values, { clusters });
      return interval.lower <= 0 && interval.upper >= 0;
    };
    if (covers(numberClusters(ids.length, ids))) covered++;
    if (covers(numberClusters(ids.length))) coveredAsRows++;
  }
  // With 50 users the normal quantile covers P(|t₄₉| < 1.96) = 0.944 (mpmath).
  const slack = 4 * Math.sqrt((0.95 * 0.05) / 1000);
  expect(Math.abs(covered / 1000 - 0.944)).toBeLessThan(slack);
  expect(coveredAsRows / 1000).toBeLessThan(0.95 - 4 * slack);
});
