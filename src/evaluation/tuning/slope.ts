import { studentQuantile } from "../../numeric/beta.ts";
import type { Clusters } from "../clusters.ts";
import type { Estimate } from "../estimate.ts";

/** An estimate with the half-width of its one-sided confidence interval. */
export interface SlopeCandidate {
  readonly value: number;
  readonly width: number;
}

/** t_{1−δ, G−1}·s.e., users as clusters. @param missProbability δ in (0, 1) */
export const slopeWidth = (
  { standardError }: Estimate,
  clusters: Clusters,
  missProbability: number,
): number => studentQuantile(1 - missProbability, clusters.count - 1) * standardError;

/** SLOPE's test: |θ_i − θ_j| ≤ width_i + (√6 − 1)·width_j. */
const agrees = (candidate: SlopeCandidate, accepted: SlopeCandidate): boolean =>
  Math.abs(candidate.value - accepted.value) <=
  candidate.width + (Math.sqrt(6) - 1) * accepted.width;

/**
 * Takes candidates by falling width until one disagrees with any before it. Their bias grows while their variance falls, so the last one
 * taken balances the two. Su, Srinath & Krishnamurthy 2020; constant: Tucker & Lee 2021 (SLOPE++). Equal widths keep their order.
 * @param before candidates taken already, of less bias
 */
export function acceptBySlope<T extends SlopeCandidate>(
  candidates: readonly T[],
  before: readonly SlopeCandidate[] = [],
): T[] {
  const accepted: T[] = [];
  for (const candidate of [...candidates].sort((first, second) => second.width - first.width)) {
    if (![...before, ...accepted].every((earlier) => agrees(candidate, earlier))) break;
    accepted.push(candidate);
  }
  return accepted;
}
