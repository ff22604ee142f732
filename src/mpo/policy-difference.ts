import type {
  DifferenceHistogram,
  PolicyDifference,
  SegmentDifference,
} from "../domain/improvement-record.ts";

const buckets = 20;

interface Weighted {
  readonly delta: number;
  readonly weight: number;
}

/** @param sorted by Δ, at least one @returns nothing if all are equal */
function histogramOf(sorted: readonly Weighted[]): { readonly histogram?: DifferenceHistogram } {
  const [min, max] = [sorted[0]!.delta, sorted.at(-1)!.delta];
  const width = (max - min) / buckets;
  if (width === 0) return {};
  const masses = new Array<number>(buckets).fill(0);
  for (const { delta, weight } of sorted)
    masses[Math.min(buckets - 1, Math.floor((delta - min) / width))]! += weight;
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
  const weighted = pairs.flatMap(({ logPolicy, logChallenger }) =>
    Array.from(logPolicy, (logP, a) => ({
      delta: logP - logChallenger[a]!,
      weight: Math.exp(logP) / pairs.length,
    })),
  );
  weighted.sort((left, right) => left.delta - right.delta);
  const quantile = (share: number) => {
    let cumulative = 0;
    for (const { delta, weight } of weighted) {
      cumulative += weight;
      if (cumulative >= share) return delta;
    }
    return weighted.at(-1)?.delta ?? 0;
  };
  const mean = weighted.reduce((sum, { delta, weight }) => sum + delta * weight, 0);
  return {
    mean,
    p05: quantile(0.05),
    p50: quantile(0.5),
    p95: quantile(0.95),
    max: weighted.at(-1)?.delta ?? 0,
    ...(weighted.length > 0 && histogramOf(weighted)),
  };
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
