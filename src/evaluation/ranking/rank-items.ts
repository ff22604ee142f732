/** Scores of the whole catalogue for one user, and which items that user has seen: those are not ranked. */
export interface ScoredCatalogue {
  /** Of every item; higher is better. */
  readonly scores: ArrayLike<number>;
  readonly seen: ReadonlySet<number>;
}

/**
 * Ranks of the relevant items among all that the user has not seen, ascending, 1 the best. Items with equal scores share
 * the mean of their places, so that a ranker gains nothing by ties; a relevant item that the user has seen is never shown
 * and has rank ∞.
 *
 * The whole catalogue is ranked. Against a sample of negatives the order of rankers can come out reversed (Krichene &
 * Rendle 2020, "On sampled metrics for item recommendation").
 *
 * @throws RangeError on a score that is not finite, or a relevant item outside the catalogue
 */
export function rankItems(
  { scores, seen }: ScoredCatalogue,
  relevant: readonly number[],
): number[] {
  const wanted = new Set(relevant);
  const reachable = relevant.filter((item) => !seen.has(item)).map((item) => scores[item]);
  const better = new Float64Array(reachable.length);
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!;
    if (!Number.isFinite(score))
      throw new RangeError(`scores[${item}] must be finite, got ${score}`);
    if (seen.has(item) || wanted.has(item)) continue;
    for (let index = 0; index < reachable.length; index++) {
      if (score > reachable[index]!) better[index]! += 1;
      else if (score === reachable[index]) better[index]! += 0.5;
    }
  }
  if (reachable.includes(undefined))
    throw new RangeError(`relevant items must be in [0, ${scores.length}), got ${relevant}`);
  const places = better.sort();
  return relevant.map((_, index) => (places[index] ?? Number.POSITIVE_INFINITY) + index + 1);
}

/** The k best items that the user has not seen, best first; of equal scores the lower item first. */
export function bestItems({ scores, seen }: ScoredCatalogue, k: number): number[] {
  const best: number[] = [];
  for (let item = 0; item < scores.length; item++) {
    if (best.length === k && !(scores[item]! > scores[best[k - 1]!]!)) continue;
    if (seen.has(item)) continue;
    let place = Math.min(best.length, k - 1);
    for (; place > 0 && scores[item]! > scores[best[place - 1]!]!; place--)
      best[place] = best[place - 1]!;
    best[place] = item;
  }
  return best;
}
