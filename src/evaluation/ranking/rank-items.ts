/** Scores of the whole catalogue for one user, and which items that user has seen: those are not ranked. */
export interface ScoredCatalogue {
  /** Of every item; higher is better. */
  readonly scores: ArrayLike<number>;
  readonly seen: ReadonlySet<number>;
}

/**
 * Items with one score, relevant ones among them. They take the places above + 1 … above + size, each order of them as likely
 * as any other.
 */
export interface TiedItems {
  /** Items with higher scores. */
  readonly above: number;
  /** 1 if no other item has the score. */
  readonly size: number;
  /** Number of relevant items, from 1. */
  readonly relevant: number;
}

/**
 * Places of the relevant items among all items that the user has not seen, best first. A relevant
 * item that the user has seen is never shown and has no place.
 *
 * The whole catalogue is ranked. Against a sample of negatives the order of rankers can come out
 * reversed (Krichene & Rendle 2020, "On sampled metrics for item recommendation").
 *
 * @throws RangeError on a score that is not finite, or a relevant item outside the catalogue
 */
export function rankItems(
  { scores, seen }: ScoredCatalogue,
  relevant: readonly number[],
): TiedItems[] {
  checkScores(scores, relevant);
  const reachable = relevant.filter((item) => !seen.has(item)).map((item) => scores[item]!);
  const wanted = [...new Set(reachable)].sort((a, b) => b - a);
  return wanted.map((score) => {
    let [above, size] = [0, 0];
    for (let item = 0; item < scores.length; item++) {
      if (scores[item]! < score || seen.has(item)) continue;
      if (scores[item] === score) size++;
      else above++;
    }
    return { above, size, relevant: reachable.filter((own) => own === score).length };
  });
}

function checkScores(scores: ArrayLike<number>, relevant: readonly number[]): void {
  for (let item = 0; item < scores.length; item++)
    if (!Number.isFinite(scores[item]))
      throw new RangeError(`scores[${item}] must be finite, got ${scores[item]}`);
  if (relevant.some((item) => scores[item] === undefined))
    throw new RangeError(`relevant items must be in [0, ${scores.length}), got ${relevant}`);
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
