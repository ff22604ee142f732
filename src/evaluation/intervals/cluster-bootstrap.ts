import type { RandomStream } from "../../numeric/random.ts";
import { checkLength, checkNumber, checkNumbers } from "../checks.ts";
import type { Clusters } from "../clusters.ts";
import { type Interval, missProbability } from "./interval.ts";

/** Rows, users and randomness of a cluster bootstrap; all arrays have one length. */
export interface BootstrapOptions {
  /** Contribution of each row to the numerator: x for a mean, w·r for a ratio. */
  readonly contributions: Float64Array;
  /**
   * Contribution of each row to the denominator: the weights of a self-normalised estimate. Default
   * 1 a row, which gives the mean.
   */
  readonly denominators?: Float64Array;
  readonly clusters: Clusters;
  readonly random: RandomStream;
  /** Number of drawn logs; default 2,000. */
  readonly replicates?: number;
  /** Default 0.95. */
  readonly level?: number;
}

const finite = {
  low: -Number.MAX_VALUE,
  high: Number.MAX_VALUE,
  expected: "a finite number",
  remedy: "leave out rows without a usable number",
};

function check({ contributions, denominators, clusters, replicates = 2000 }: BootstrapOptions) {
  checkNumber("replicates", replicates, {
    low: 1,
    high: 1e6,
    expected: "in [1, 1000000]",
    remedy: "pass 2000 for a 95 % interval",
  });
  checkLength("clusters", clusters.index.length, contributions.length);
  checkNumbers("contributions", contributions, finite);
  if (denominators === undefined) return;
  checkLength("denominators", denominators.length, contributions.length);
  checkNumbers("denominators", denominators, { ...finite, low: 0, expected: "≥ 0 and finite" });
}

function sumByCluster(values: Float64Array | undefined, { index, count }: Clusters): Float64Array {
  const sums = new Float64Array(count);
  for (let row = 0; row < index.length; row++) {
    sums[index[row]!]! += values === undefined ? 1 : values[row]!;
  }
  return sums;
}

/** Quantile of sorted values by linear interpolation between order statistics (Hyndman & Fan 1996, type 7). */
function quantileOf(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** Draws at a time: the places are drawn first and read then, since the processor overlaps reads that wait for nothing else. */
const batchDraws = 4096;

/** Σ tops / Σ bottoms over as many clusters as there are, drawn with replacement; NaN without weight. */
function drawLog(
  tops: Float64Array,
  bottoms: Float64Array | undefined,
  random: RandomStream,
): number {
  const { length } = tops;
  const places = new Int32Array(batchDraws);
  let top = 0;
  let bottom = bottoms === undefined ? length : 0;
  for (let drawn = 0; drawn < length; drawn += batchDraws) {
    const draws = Math.min(batchDraws, length - drawn);
    for (let draw = 0; draw < draws; draw++) places[draw] = random.uniform() * length;
    for (let draw = 0; draw < draws; draw++) top += tops[places[draw]!]!;
    if (bottoms === undefined) continue;
    for (let draw = 0; draw < draws; draw++) bottom += bottoms[places[draw]!]!;
  }
  return bottom > 0 ? top / bottom : Number.NaN;
}

/**
 * Percentile interval (Efron 1979) over logs whose users are drawn with replacement, each with all
 * its rows (Field & Welsh 2007). A self-normalised estimate is normalised anew in each drawn log;
 * logs without any weight are left out. Unbounded if fewer than two clusters, or no drawn log, has
 * weight. Steps: replicates × clusters.
 * @throws invalid_request for lengths that differ, numbers that are not finite, negative
 * denominators, or a bad level
 */
export function clusterBootstrapInterval(options: BootstrapOptions): Interval {
  check(options);
  const { contributions, denominators, clusters, random, replicates = 2000 } = options;
  const { level = 0.95 } = options;
  const tail = missProbability(level) / 2;
  const tops = sumByCluster(contributions, clusters);
  // A mean over rows of their own users divides by their number in every draw.
  const isPlain = denominators === undefined && clusters.count === contributions.length;
  const bottoms = isPlain ? undefined : sumByCluster(denominators, clusters);
  const values = new Float64Array(replicates);
  let drawn = 0;
  for (let replicate = 0; replicate < replicates; replicate++) {
    const value = drawLog(tops, bottoms, random);
    if (!Number.isNaN(value)) values[drawn++] = value;
  }
  if (drawn === 0 || clusters.count < 2) {
    return { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY, level };
  }
  const sorted = values.subarray(0, drawn).sort();
  return { lower: quantileOf(sorted, tail), upper: quantileOf(sorted, 1 - tail), level };
}
