import type { Arm } from "../domain/decision.ts";
import type {
  ArmComparison,
  ArmMean,
  ArmReward,
  Measured,
  RecentComparison,
} from "../domain/reward-series.ts";
import { studentInterval } from "./intervals/student.ts";

/** Below these a comparison would be noise with a percent sign. */
const needed = { decisions: 100, buckets: 8 };
/** A recent part with fewer decisions of the baseline is lengthened, so that the interval stays useful. */
const steadyDecisions = 400;

/**
 * The mean over decisions and its standard error from the scatter of the time buckets, each a
 * cluster of decisions. Formulae: m = Σ nᵦmᵦ / N, se² = B/(B−1) · Σ (nᵦ(mᵦ − m))² / N² (the ratio
 * estimator of Cochran 1977, 6.4). A trend within the span counts as scatter, so the error is
 * rather too large than too small.
 *
 * @param points one for each bucket and arm; the order does not matter
 * @returns undefined without decisions of the arm
 */
export function armMean(points: readonly ArmReward[], arm: Arm): ArmMean | undefined {
  const own = points.filter((point) => point.arm === arm && point.decisions > 0);
  const decisions = own.reduce((sum, point) => sum + point.decisions, 0);
  if (decisions === 0) return undefined;
  const mean = own.reduce((sum, point) => sum + point.decisions * point.meanReward, 0) / decisions;
  const buckets = own.length;
  if (buckets === 1) return { mean, decisions, buckets };
  const scatter = own.reduce(
    (sum, point) => sum + (point.decisions * (point.meanReward - mean)) ** 2,
    0,
  );
  const standardError = Math.sqrt((buckets / (buckets - 1)) * scatter) / decisions;
  return { mean, standardError, decisions, buckets };
}

type KnownMean = Required<ArmMean>;

const isEnough = (arm: ArmMean | undefined): arm is KnownMean =>
  arm?.standardError !== undefined &&
  arm.decisions >= needed.decisions &&
  arm.buckets >= needed.buckets;

function measure(value: number, standardError: number, degreesOfFreedom: number): Measured {
  const { lower, upper } = studentInterval({ value, standardError, degreesOfFreedom });
  return { value, interval: [lower, upper] };
}

/** The arms are taken as independent: a change common to both makes the interval too wide. */
function measureArms(
  serving: KnownMean,
  baseline: KnownMean,
): Pick<ArmComparison, "difference" | "lift"> {
  const degrees = Math.min(serving.buckets, baseline.buckets) - 1;
  const error = Math.hypot(serving.standardError, baseline.standardError);
  const difference = measure(serving.mean - baseline.mean, error, degrees);
  if (baseline.mean <= 0) return { difference };
  const ratio = serving.mean / baseline.mean;
  // Delta method: the variance of a ratio of independent means.
  const ratioError =
    Math.hypot(serving.standardError, ratio * baseline.standardError) / baseline.mean;
  return { difference, lift: measure(ratio - 1, ratioError, degrees) };
}

/** Serving against baseline, with 95 % intervals by Student's t over the buckets. */
export function compareArms(points: readonly ArmReward[]): ArmComparison {
  const serving = armMean(points, "serving");
  const baseline = armMean(points, "baseline");
  return {
    ...(serving && { serving }),
    ...(baseline && { baseline }),
    needed,
    ...(isEnough(serving) && isEnough(baseline) && measureArms(serving, baseline)),
  };
}

const isSteady = ({ difference, baseline }: ArmComparison) =>
  difference !== undefined && baseline !== undefined && baseline.decisions >= steadyDecisions;

/**
 * Compares over the newest quarter of the series, or its half, or all of it: the first that is steady.
 * @param points with the start of their bucket, milliseconds since 1970
 * @returns undefined without points; `from` in milliseconds since 1970
 */
export function compareRecent(
  points: readonly (ArmReward & { readonly bucketStart: number })[],
  bucketSeconds: number,
): (RecentComparison & { readonly from: number }) | undefined {
  if (points.length === 0) return undefined;
  const starts = points.map(({ bucketStart }) => bucketStart);
  const first = starts.reduce((least, start) => Math.min(least, start));
  const end = starts.reduce((most, start) => Math.max(most, start)) + bucketSeconds * 1000;
  const over = (share: number) => {
    const from = end - share * (end - first);
    const recent = points.filter(({ bucketStart }) => bucketStart >= from);
    return { from, seconds: (end - from) / 1000, ...compareArms(recent) };
  };
  return [over(1 / 4), over(1 / 2)].find(isSteady) ?? over(1);
}
