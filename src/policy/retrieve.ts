import { nthLargest } from "../numeric/nth-largest.ts";
import type { RandomStream } from "../numeric/random.ts";
import { sampleIndices } from "../numeric/sample-indices.ts";

/** Share of a retrieved candidate set that is drawn from all offered items, so that every item keeps a chance. */
const randomShare = 0.1;

/** Most that is drawn from items that the retriever has not learnt of: its logits say little about them. */
const newShare = 0.1;

export interface OfferScores {
  /** Of the retriever, one for each offered item; −∞ for one that can't be among the best. */
  readonly logits: Float64Array;
  /** Indices of the items that the retriever has not learnt of, ascending. */
  readonly fresh: readonly number[];
}

/** Indices of kept items in ascending order, and the least logit of those that were kept for theirs. */
export interface Retrieved {
  readonly kept: readonly number[];
  readonly threshold: number;
}

/** By index 1 if an item is kept: a request of a large catalogue makes no lists of its items. */
type Marks = Uint8Array;

function markedIndices(marks: Marks): number[] {
  const indices: number[] = [];
  for (let index = 0; index < marks.length; index++) if (marks[index] === 1) indices.push(index);
  return indices;
}

function markSome(
  marks: Marks,
  indices: readonly number[],
  count: number,
  random: RandomStream,
): number {
  const drawn = sampleIndices(Math.min(count, indices.length), indices.length, random);
  for (const place of drawn) marks[indices[place]!] = 1;
  return drawn.length;
}

/** The best of the others by logit, ties by lot. @returns the least of their logits */
function markBest(marks: Marks, logits: Float64Array, count: number, random: RandomStream): number {
  const others = new Float64Array(logits.length);
  let length = 0;
  // A counted loop takes a fifth of the time of a filter.
  for (let index = 0; index < logits.length; index++)
    if (marks[index] === 0 && logits[index]! > Number.NEGATIVE_INFINITY)
      others[length++] = logits[index]!;
  const threshold =
    length < count ? Number.NEGATIVE_INFINITY : nthLargest(others.subarray(0, length), count - 1);
  const ties: number[] = [];
  let above = 0;
  for (let index = 0; index < logits.length; index++) {
    if (marks[index] === 1 || logits[index]! < threshold) continue;
    if (logits[index] === threshold) {
      ties.push(index);
      continue;
    }
    marks[index] = 1;
    above++;
  }
  markSome(marks, ties, count - above, random);
  return threshold;
}

/**
 * Keeps `limit` of more offered items: some of all by lot, some new ones by lot, and the best by
 * logit. The lots come first, so that they depend on the order of the items and the stream alone.
 */
export function retrieve(
  { logits, fresh }: OfferScores,
  limit: number,
  random: RandomStream,
): Retrieved {
  if (logits.length <= limit)
    return { kept: [...logits.keys()], threshold: Number.NEGATIVE_INFINITY };
  const marks = new Uint8Array(logits.length);
  // Room for the best one is always left.
  const lots = Math.min(limit - 1, Math.ceil(limit * randomShare));
  for (const index of sampleIndices(lots, logits.length, random)) marks[index] = 1;
  const unmarked = fresh.filter((index) => marks[index] === 0);
  const room = Math.min(limit - 1 - lots, Math.ceil(limit * newShare));
  const drawn = markSome(marks, unmarked, room, random);
  const threshold = markBest(marks, logits, limit - lots - drawn, random);
  return { kept: markedIndices(marks), threshold };
}
