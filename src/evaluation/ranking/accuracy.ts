import type { TiedItems } from "./rank-items.ts";

/**
 * Metrics of the places of a user's relevant items, cut off at k. The best place is 1. All metrics
 * are in [0, 1], higher is better. With one relevant item recall is the hit rate and average
 * precision the reciprocal rank.
 *
 * If items are tied, each metric is its mean over all orders of the tied ones (McSherry & Najork
 * 2008, "Computing information retrieval performance measures efficiently in the presence of tied
 * scores"): the result of a ranker that draws lots.
 */
export interface Accuracy {
  readonly hitRate: number;
  readonly recall: number;
  readonly ndcg: number;
  readonly reciprocalRank: number;
  readonly averagePrecision: number;
}

/** A place that may have a relevant item; without ties it has one for certain. */
interface Place {
  /** From 1, at most k. */
  readonly rank: number;
  /** P(the item here is relevant). */
  readonly relevant: number;
  /** P(it is the first relevant one). */
  readonly first: number;
  /** Relevant items down to this place, itself included, in the mean over the orders in which it is one. */
  readonly found: number;
}

/** Places of tied items down to k, `foundAbove` relevant ones standing above them. */
function placesOf({ above, size, relevant }: TiedItems, foundAbove: number, k: number): Place[] {
  const places: Place[] = [];
  let noneYet = foundAbove === 0 ? 1 : 0;
  for (let before = 0; before < size && above + before < k; before++) {
    const first = (noneYet * relevant) / (size - before);
    noneYet -= first;
    // Of the other relevant items each is as likely before this place as at any of the other size − 1.
    const foundTied = relevant === 1 ? 0 : ((relevant - 1) * before) / (size - 1);
    const found = foundAbove + foundTied + 1;
    places.push({ rank: above + before + 1, relevant: relevant / size, first, found });
  }
  return places;
}

function listPlaces(ties: readonly TiedItems[], k: number): Place[] {
  let foundAbove = 0;
  return ties.flatMap((tied) => {
    const places = placesOf(tied, foundAbove, k);
    foundAbove += tied.relevant;
    return places;
  });
}

/** Σ 1/log₂(rank + 1) of an ideal order. */
function idealGain(relevant: number, k: number): number {
  let gain = 0;
  for (let rank = 1; rank <= Math.min(relevant, k); rank++) gain += discount(rank);
  return gain;
}

const discount = (rank: number) => 1 / Math.log2(rank + 1);

function checkOptions(ties: readonly TiedItems[], { relevant, k }: AccuracyOptions): void {
  if (!(Number.isSafeInteger(k) && k > 0))
    throw new RangeError(`k must be a positive integer, got ${k}`);
  const placed = ties.reduce((sum, tied) => sum + tied.relevant, 0);
  if (!(Number.isSafeInteger(relevant) && relevant > 0 && relevant >= placed))
    throw new RangeError(
      `relevant must be an integer from ${Math.max(1, placed)}, all that have a place among them, got ${relevant}`,
    );
}

function checkTies(ties: readonly TiedItems[]): void {
  let end = 0;
  for (const tied of ties) {
    if (!(tied.above >= end && tied.relevant >= 1 && tied.size >= tied.relevant))
      throw new RangeError(
        `ties must stand below each other with 1 to size relevant items, got ${JSON.stringify(tied)} after place ${end}`,
      );
    end = tied.above + tied.size;
  }
}

export interface AccuracyOptions {
  /** All relevant items, those that can't be reached included. */
  readonly relevant: number;
  readonly k: number;
}

/**
 * By place, each sum over rank ≤ k and each relevant item at its rank:
 * - HR@k = 1 if there is one, else 0 (Deshpande & Karypis 2004, section 5.2).
 * - Recall@k = their number over all relevant ones.
 * - NDCG@k = Σ 1/log₂(rank + 1), over the same sum of an ideal order (Järvelin & Kekäläinen 2002).
 * - RR@k = 1/rank of the first, 0 if there is none. Its mean over users is MRR@k (Voorhees 1999).
 * - AP@k = Σ i/rank_i over min(k, number of relevant items), i counting them from 1. Its mean over
 *   users is MAP@k (Buckley & Voorhees 2000).
 *
 * @param ties of `rankItems`, best first
 * @throws RangeError if ties overlap, fewer items are relevant than have a place, or none, or k is
 * no positive integer
 */
export function measureAccuracy(ties: readonly TiedItems[], options: AccuracyOptions): Accuracy {
  checkTies(ties);
  checkOptions(ties, options);
  const { relevant, k } = options;
  const places = listPlaces(ties, k);
  const sum = (of: (place: Place) => number) => places.reduce((total, one) => total + of(one), 0);
  return {
    hitRate: sum(({ first }) => first),
    recall: sum((place) => place.relevant) / relevant,
    ndcg: sum((place) => place.relevant * discount(place.rank)) / idealGain(relevant, k),
    reciprocalRank: sum(({ first, rank }) => first / rank),
    averagePrecision:
      sum((place) => (place.relevant * place.found) / place.rank) / Math.min(k, relevant),
  };
}
