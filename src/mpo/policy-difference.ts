import type {
  DifferenceHistogram,
  PolicyDifference,
  SegmentDifference,
} from "../domain/improvement-record.ts";
import { findIndex } from "../numeric/find-index.ts";

const buckets = 20;

/** @returns nothing if all Δ are equal, or there are none */
function histogramOf(
  { deltas, weights }: ReturnType<typeof weighDeltas>,
  [min, max]: readonly [number, number],
): { readonly histogram?: DifferenceHistogram } {
  const width = (max - min) / buckets;
  if (!(width > 0 && Number.isFinite(width))) return {};
  const masses = new Array<number>(buckets).fill(0);
  for (let i = 0; i < deltas.length; i++)
    masses[Math.min(buckets - 1, Math.floor((deltas[i]! - min) / width))]! += weights[i]!;
  const limits = masses.map((_, i) => (i === buckets - 1 ? max : min + (i + 1) * width));
  return { histogram: { min, max, limits, masses } };
}

/**
 * Exact over the candidates: every Δ counts with its probability under π_θ.
 * @param pairs log π_θ and log π_φ of each state
 */
export function policyDifference(
  pairs: readonly { readonly logPolicy: Float64Array; readonly logChallenger: Float64Array }[],
): PolicyDifference {
  const weighed = weighDeltas(pairs);
  const { deltas, weights, mean } = weighed;
  const sorted = deltas.toSorted();
  /** Σ of the weights of all Δ ≤ x. */
  const massUpTo = (x: number) => {
    let mass = 0;
    for (let i = 0; i < deltas.length; i++) if (deltas[i]! <= x) mass += weights[i]!;
    return mass;
  };
  /** Sorting numbers alone is many times as fast as sorting them with their weights. */
  const quantile = (share: number) =>
    sorted[findIndex(sorted.length - 1, (index) => massUpTo(sorted[index]!) >= share)] ?? 0;
  const max = sorted.at(-1) ?? 0;
  return {
    mean,
    p05: quantile(0.05),
    p50: quantile(0.5),
    p95: quantile(0.95),
    max,
    ...histogramOf(weighed, [sorted[0] ?? 0, max]),
  };
}

/** Δ of each candidate of each state, its weight, and the mean. */
function weighDeltas(pairs: Parameters<typeof policyDifference>[0]) {
  const count = pairs.reduce((sum, { logPolicy }) => sum + logPolicy.length, 0);
  const [deltas, weights] = [new Float64Array(count), new Float64Array(count)];
  let [at, mean] = [0, 0];
  for (const { logPolicy, logChallenger } of pairs) {
    for (let a = 0; a < logPolicy.length; a++, at++) {
      deltas[at] = logPolicy[a]! - logChallenger[a]!;
      weights[at] = Math.exp(logPolicy[a]!) / pairs.length;
      mean += deltas[at]! * weights[at]!;
    }
  }
  return { deltas, weights, mean };
}

/** Users by amount of history. */
export const segments = ["no events", "few events", "many events"] as const;
export type Segment = (typeof segments)[number];

const manyEvents = 10;

export function segmentOf(events: number): Segment {
  if (events === 0) return "no events";
  return events < manyEvents ? "few events" : "many events";
}

/** Δ of each segment that has states, so that a move of some users doesn't hide in the mean of all. */
export function differenceBySegment(
  pairs: readonly {
    readonly logPolicy: Float64Array;
    readonly logChallenger: Float64Array;
    readonly state: { readonly history: readonly unknown[] };
  }[],
): SegmentDifference[] {
  return segments.flatMap((segment) => {
    const own = pairs.filter(({ state }) => segmentOf(state.history.length) === segment);
    return own.length === 0 ? [] : [{ segment, states: own.length, ...policyDifference(own) }];
  });
}
