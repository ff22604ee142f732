import type { PolicyDifference, SegmentDifference } from "../domain/improvement-record.ts";

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
