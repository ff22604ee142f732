import { type IndexList, withoutFew } from "../numeric/index-list.ts";
import { nthLargest } from "../numeric/nth-largest.ts";
import type { RandomStream } from "../numeric/random.ts";
import { sampleIndices } from "../numeric/sample-indices.ts";

/** Share of a retrieved candidate set that is drawn from all offered items, so that every item keeps a chance. */
const randomShare = 0.1;

/** Most that is drawn from items that the retriever has not learnt of: its logits say little about them. */
const newShare = 0.1;

export interface OfferScores {
  /** Of the retriever, one for each offered item, or for each one of the part. */
  readonly logits: Float64Array;
  /** The items that can be among the best, of how many, if not all were scored. */
  readonly part?: { readonly indices: readonly number[]; readonly of: number };
  /** Indices of the items that the retriever has not learnt of, ascending. */
  readonly fresh: IndexList;
}

/** Indices of kept items in ascending order, and the least logit of those that were kept for theirs. */
export interface Retrieved {
  readonly kept: readonly number[];
  readonly threshold: number;
}

/** Items to keep, each once. */
function createKept() {
  const kept = new Set<number>();
  return {
    kept,
    has: (index: number) => kept.has(index),
    add: (index: number) => kept.add(index),
    addSome: (indices: IndexList, count: number, random: RandomStream) => {
      const drawn = sampleIndices(Math.min(count, indices.length), indices.length, random);
      for (const place of drawn) kept.add(indices.at(place)!);
    },
  };
}

const ascending = (indices: Iterable<number>) => [...indices].sort((left, right) => left - right);

/** The best of the others by logit, ties by lot. @returns the least of their logits */
function addBest(
  { kept, has, add, addSome }: ReturnType<typeof createKept>,
  { logits, part }: OfferScores,
  { limit, random }: { readonly limit: number; readonly random: RandomStream },
): number {
  const indexAt = (place: number) => (part ? part.indices[place]! : place);
  const others = new Float64Array(logits.length);
  const indices = new Int32Array(logits.length);
  let length = 0;
  for (let place = 0; place < logits.length; place++) {
    const index = indexAt(place);
    if (has(index)) continue;
    others[length] = logits[place]!;
    indices[length++] = index;
  }
  const count = limit - kept.size;
  const threshold =
    length < count ? Number.NEGATIVE_INFINITY : nthLargest(others.subarray(0, length), count - 1);
  const ties: number[] = [];
  for (let other = 0; other < length; other++) {
    if (others[other]! < threshold) continue;
    if (others[other] === threshold) ties.push(indices[other]!);
    else add(indices[other]!);
  }
  addSome(ties, limit - kept.size, random);
  return threshold;
}

/**
 * Keeps `limit` of more offered items: some of all by lot, some new ones by lot, and the best by
 * logit. The lots come first, so that they depend on the order of the items and the stream alone.
 */
export function retrieve(scores: OfferScores, limit: number, random: RandomStream): Retrieved {
  const { logits, part, fresh } = scores;
  const offered = part?.of ?? logits.length;
  if (offered <= limit)
    return {
      kept: Array.from({ length: offered }, (_, index) => index),
      threshold: Number.NEGATIVE_INFINITY,
    };
  const keeping = createKept();
  // Room for the best one is always left.
  const lots = Math.min(limit - 1, Math.ceil(limit * randomShare));
  for (const index of sampleIndices(lots, offered, random)) keeping.add(index);
  const unmarked = withoutFew(fresh, ascending(keeping.kept));
  const room = Math.min(limit - 1 - lots, Math.ceil(limit * newShare));
  keeping.addSome(unmarked, room, random);
  const threshold = addBest(keeping, scores, { limit, random });
  return { kept: ascending(keeping.kept), threshold };
}
