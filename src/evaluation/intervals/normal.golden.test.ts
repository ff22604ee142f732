import { expect, test } from "vitest";
import { expectClose, readGolden } from "../../../tests/golden/read-golden.ts";
import { numberClusters } from "../clusters.ts";
import { averageContributions } from "../estimate.ts";

const { samples } = readGolden<{
  samples: {
    name: string;
    values: number[];
    intervals: { level: number; mean: number; lower: number; upper: number }[];
  }[];
}>("intervals.json");

test.each(samples)("the normal intervals of $name agree with scipy to 1e-10", (sample) => {
  const contributions = Float64Array.from(sample.values);
  const clusters = numberClusters(contributions.length);
  expect(sample.intervals).toHaveLength(2);
  for (const { level, mean, lower, upper } of sample.intervals) {
    const { value, interval } = averageContributions("ips", contributions, { clusters, level });
    expectClose(value, mean, 1e-10);
    expectClose(interval.lower, lower, 1e-10);
    expectClose(interval.upper, upper, 1e-10);
    expect(interval.level).toBe(level);
  }
});
