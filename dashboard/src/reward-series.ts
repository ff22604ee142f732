import type { CycleBody } from "../../src/contract/cycles.ts";
import type { InterventionBody } from "../../src/contract/interventions.ts";
import type { RewardPointBody, RewardSeriesResponse } from "../../src/contract/reward-series.ts";
import { reviewedVersion } from "./cycle-record.ts";
import { markerLabel } from "./operating.ts";

export const armNames = ["uniform", "baseline", "anchor", "holdback", "canary", "serving"] as const;
/** Buckets that a drawn mean covers, its own included: more if an arm has few decisions. */
export const smoothingBuckets = {
  serving: 5,
  canary: 20,
  holdback: 20,
  anchor: 20,
  baseline: 20,
  uniform: 20,
} as const;

export interface ArmSeries {
  /** Mean reward of the bucket's own decisions. */
  readonly raw: readonly (number | null)[];
  /** Mean over this bucket and those before it, weighted by decisions. */
  readonly smooth: readonly (number | null)[];
  readonly decisions: readonly number[];
}

export interface AlignedSeries {
  /** Start of each bucket in seconds since 1970, without holes. */
  readonly times: readonly number[];
  readonly arms: Readonly<Record<RewardPointBody["arm"], ArmSeries>>;
}

const secondsOf = (iso: string) => Date.parse(iso) / 1000;

function trailingMean(
  { raw, decisions }: Pick<ArmSeries, "raw" | "decisions">,
  end: number,
  length: number,
): number | null {
  let sum = 0;
  let count = 0;
  for (let index = Math.max(0, end - length + 1); index <= end; index++) {
    const weight = decisions[index] ?? 0;
    sum += weight * (raw[index] ?? 0);
    count += weight;
  }
  return count === 0 ? null : sum / count;
}

function alignArm(
  points: readonly RewardPointBody[],
  times: readonly number[],
  arm: RewardPointBody["arm"],
): ArmSeries {
  const byTime = new Map(
    points
      .filter((point) => point.arm === arm && point.decisions > 0)
      .map((point) => [secondsOf(point.from), point]),
  );
  const raw = times.map((time) => byTime.get(time)?.meanReward ?? null);
  const decisions = times.map((time) => byTime.get(time)?.decisions ?? 0);
  const own = { raw, decisions };
  const length = smoothingBuckets[arm];
  return { ...own, smooth: times.map((_, index) => trailingMean(own, index, length)) };
}

export function alignSeries({ points, bucketSeconds }: RewardSeriesResponse): AlignedSeries {
  const starts = points.map((point) => secondsOf(point.from));
  const first = Math.min(...starts);
  const length = points.length === 0 ? 0 : (Math.max(...starts) - first) / bucketSeconds + 1;
  const times = Array.from({ length }, (_, index) => first + index * bucketSeconds);
  const align = (arm: RewardPointBody["arm"]) => alignArm(points, times, arm);
  return {
    times,
    arms: {
      serving: align("serving"),
      canary: align("canary"),
      holdback: align("holdback"),
      anchor: align("anchor"),
      baseline: align("baseline"),
      uniform: align("uniform"),
    },
  };
}

export interface Marker {
  /** Seconds since 1970. */
  readonly time: number;
  readonly label: string;
  /** A change by an operator, not by a cycle. */
  readonly isByHand: boolean;
}

const byHand = (intervention: InterventionBody): Marker => ({
  time: secondsOf(intervention.madeAt),
  label: markerLabel(intervention),
  isByHand: true,
});

/** When a cycle let another policy serve, and when an operator intervened, oldest first. */
export function markersOf(
  cycles: readonly CycleBody[],
  interventions: readonly InterventionBody[],
): readonly Marker[] {
  return [...cycles.flatMap(markChange), ...interventions.map(byHand)].sort(
    (left, right) => left.time - right.time,
  );
}

function markChange(cycle: CycleBody): Marker[] {
  const { outcome, candidateVersion, policyVersion, finishedAt, record } = cycle;
  const mark = (version: number | undefined, sign: string): Marker[] =>
    version === undefined
      ? []
      : [{ time: secondsOf(finishedAt), label: `${sign}v${version}`, isByHand: false }];
  const reviewed = reviewedVersion(record);
  if (outcome === "promote" || outcome === "initial")
    return mark(reviewed ?? candidateVersion ?? policyVersion, "");
  return outcome === "roll-back" ? mark(reviewed ?? policyVersion, "↩ ") : [];
}

const bucketSizes = [
  5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 604_800,
] as const;
const mostBuckets = 90;

/** The smallest bucket that cuts the span into at most 90. The server has none shorter than five seconds. */
export function bucketSecondsFor(spanSeconds: number): number {
  return bucketSizes.find((size) => spanSeconds / size <= mostBuckets) ?? 31_536_000;
}
