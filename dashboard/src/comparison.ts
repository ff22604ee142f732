import type { RewardPoint } from "../../src/contract/api.ts";

/** Below these a comparison would be noise with a percent sign. */
export const enoughDecisions = 100;
export const enoughBuckets = 8;
/** A recent span with fewer decisions of the baseline is lengthened, so that the interval stays useful. */
const steadyDecisions = 400;
const normalQuantile = 1.96;

export interface ArmMean {
  /** Reward per decision. */
  readonly mean: number;
  readonly standardError: number;
  readonly decisions: number;
  readonly buckets: number;
}

export type Comparison =
  | { readonly kind: "not-enough"; readonly serving?: ArmMean; readonly baseline?: ArmMean }
  | {
      readonly kind: "measured";
      readonly serving: ArmMean;
      readonly baseline: ArmMean;
      /** Serving minus baseline in reward units, with its 95 % interval. */
      readonly difference: number;
      readonly interval: readonly [number, number];
      /** Relative to the baseline; absent where that earns nothing or less, so that a percentage means nothing. */
      readonly lift?: { readonly value: number; readonly interval: readonly [number, number] };
    };

/**
 * The mean over decisions and its standard error from the scatter of the time buckets, each a cluster of decisions:
 * m = Σ nᵦmᵦ / N, se² = B/(B−1) · Σ (nᵦ(mᵦ − m))² / N² (the ratio estimator of Cochran 1977, 6.4). A trend within
 * the window counts as scatter, so the error is rather too large than too small. `undefined` without decisions; the
 * error of one bucket is infinite.
 */
export function armMean(
  points: readonly RewardPoint[],
  arm: RewardPoint["arm"],
): ArmMean | undefined {
  const own = points.filter((point) => point.arm === arm && point.decisions > 0);
  const decisions = own.reduce((sum, point) => sum + point.decisions, 0);
  if (decisions === 0) return undefined;
  const mean = own.reduce((sum, point) => sum + point.decisions * point.meanReward, 0) / decisions;
  const scatter = own.reduce(
    (sum, point) => sum + (point.decisions * (point.meanReward - mean)) ** 2,
    0,
  );
  const buckets = own.length;
  const variance =
    buckets === 1
      ? Number.POSITIVE_INFINITY
      : ((buckets / (buckets - 1)) * scatter) / decisions ** 2;
  return { mean, standardError: Math.sqrt(variance), decisions, buckets };
}

/** 97.5 % quantile of Student's t, first term of its expansion (Abramowitz & Stegun 26.7.5); 3 % low at 7 degrees. */
function studentQuantile(degrees: number): number {
  return normalQuantile + (normalQuantile ** 3 + normalQuantile) / (4 * degrees);
}

const isEnough = (arm: ArmMean | undefined): arm is ArmMean =>
  arm !== undefined && arm.decisions >= enoughDecisions && arm.buckets >= enoughBuckets;

function around(value: number, halfWidth: number): readonly [number, number] {
  return [value - halfWidth, value + halfWidth];
}

/** Serving against baseline, the arms taken as independent: what moves both at once makes the interval too wide. */
export function compareArms(points: readonly RewardPoint[]): Comparison {
  const serving = armMean(points, "serving");
  const baseline = armMean(points, "baseline");
  if (!isEnough(serving) || !isEnough(baseline)) {
    return { kind: "not-enough", ...(serving && { serving }), ...(baseline && { baseline }) };
  }
  const quantile = studentQuantile(Math.min(serving.buckets, baseline.buckets) - 1);
  const difference = serving.mean - baseline.mean;
  const error = Math.hypot(serving.standardError, baseline.standardError);
  const measured = {
    kind: "measured",
    serving,
    baseline,
    difference,
    interval: around(difference, quantile * error),
  } as const;
  if (baseline.mean <= 0) return measured;
  const ratio = serving.mean / baseline.mean;
  // Delta method: the variance of a ratio of independent means.
  const ratioError =
    Math.hypot(serving.standardError, ratio * baseline.standardError) / baseline.mean;
  return {
    ...measured,
    lift: { value: ratio - 1, interval: around(ratio - 1, quantile * ratioError) },
  };
}

export interface RecentComparison {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly seconds: number;
  readonly comparison: Comparison;
}

/** Compares over the newest quarter of the series, or its half, or all of it: the first that is steady. */
export function compareRecent(
  points: readonly RewardPoint[],
  bucketSeconds: number,
): RecentComparison | undefined {
  const starts = points.map((point) => Date.parse(point.from));
  if (starts.length === 0) return undefined;
  const first = Math.min(...starts);
  const end = Math.max(...starts) + bucketSeconds * 1000;
  const over = (share: number): RecentComparison => {
    const from = end - share * (end - first);
    const comparison = compareArms(points.filter((point) => Date.parse(point.from) >= from));
    return { from, seconds: (end - from) / 1000, comparison };
  };
  return [over(1 / 4), over(1 / 2)].find(isSteady) ?? over(1);
}

function isSteady({ comparison }: RecentComparison): boolean {
  return comparison.kind === "measured" && comparison.baseline.decisions >= steadyDecisions;
}
