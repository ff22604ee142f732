import type { MeanOverUsers } from "../../domain/first-slates.ts";
import { type Accuracy, measureAccuracy } from "./accuracy.ts";
import {
  catalogueCoverage,
  giniIndex,
  intraListDiversity,
  novelty,
  setCosine,
} from "./beyond-accuracy.ts";
import { assertUsers, meanOverUsers } from "./mean-over-users.ts";
import { bestItems, rankItems } from "./rank-items.ts";
import type { HeldOutItem, RankingSplit } from "./split.ts";

/** Scores of every item of the catalogue for each history. */
export type ScoreHistories = (
  histories: readonly ArrayLike<number>[],
) => Promise<readonly ArrayLike<number>[]>;

export interface RankingQuality {
  readonly k: number;
  readonly accuracy: Readonly<Record<keyof Accuracy, MeanOverUsers>>;
  readonly coverage: number;
  /** Bits. */
  readonly novelty: number;
  /**
   * Of the sets of training users that had the items; NaN if no list has two items, as at k = 1.
   */
  readonly diversity: number;
  readonly gini: number;
  /** Of each held-out item, in their order: to compare rankers pair by pair. */
  readonly ndcgs: Float64Array;
}

/** Histories that are scored together. */
const batchSize = 64;

interface RankedUser {
  readonly accuracy: Accuracy;
  readonly shown: readonly number[];
}

/**
 * @throws RangeError if a ranker scores part of the catalogue: sampled ranking is not offered, see
 * `rankItems`
 */
function rankUser(
  { history, target }: HeldOutItem,
  scores: ArrayLike<number>,
  { itemCount, k }: { readonly itemCount: number; readonly k: number },
): RankedUser {
  if (scores.length !== itemCount)
    throw new RangeError(
      `all ${itemCount} items must be scored, got ${scores.length} scores; ranking against a sample is not comparable`,
    );
  const catalogue = { scores, seen: new Set(Array.from(history)) };
  return {
    accuracy: measureAccuracy(rankItems(catalogue, [target]), { relevant: 1, k }),
    shown: bestItems(catalogue, k),
  };
}

async function rankAll(
  score: ScoreHistories,
  heldOut: readonly HeldOutItem[],
  sizes: { readonly itemCount: number; readonly k: number },
): Promise<RankedUser[]> {
  const ranked: RankedUser[] = [];
  for (let start = 0; start < heldOut.length; start += batchSize) {
    const batch = heldOut.slice(start, start + batchSize);
    const scores = await score(batch.map(({ history }) => history));
    for (const [index, one] of batch.entries()) ranked.push(rankUser(one, scores[index]!, sizes));
  }
  return ranked;
}

/** Mean NDCG@k alone, for choosing settings and epochs. */
export async function meanNdcg(
  score: ScoreHistories,
  heldOut: readonly HeldOutItem[],
  sizes: { readonly itemCount: number; readonly k: number },
): Promise<number> {
  const [mean] = await meanNdcgs(async (histories) => [await score(histories)], heldOut, sizes);
  return mean!;
}

/** Mean NDCG@k of each of some rankers that share their work. @param scoreAll scores by ranker, then by history */
export async function meanNdcgs(
  scoreAll: (
    histories: readonly ArrayLike<number>[],
  ) => Promise<readonly Awaited<ReturnType<ScoreHistories>>[]>,
  heldOut: readonly HeldOutItem[],
  sizes: { readonly itemCount: number; readonly k: number },
): Promise<number[]> {
  assertUsers(heldOut.length);
  const batches: (readonly (readonly number[])[])[] = [];
  for (let start = 0; start < heldOut.length; start += batchSize) {
    const batch = heldOut.slice(start, start + batchSize);
    const scores = await scoreAll(batch.map(({ history }) => history));
    const ndcgOf = (own: Awaited<ReturnType<ScoreHistories>>) =>
      batch.map((one, index) => rankUser(one, own[index]!, sizes).accuracy.ndcg);
    batches.push(scores.map(ndcgOf));
  }
  return batches[0]!.map(
    (_, ranker) => meanOverUsers(batches.flatMap((ndcgs) => ndcgs[ranker]!)).mean,
  );
}

/** Ranks the whole catalogue without the user's seen items, for every test item of the split. */
export async function evaluateRanking(
  score: ScoreHistories,
  { test, training, itemCount }: RankingSplit,
  k: number,
): Promise<RankingQuality> {
  const ranked = await rankAll(score, test, { itemCount, k });
  const lists = ranked.map(({ shown }) => shown);
  const usersOf = usersByItem(training, itemCount);
  const of = (metric: keyof Accuracy) =>
    meanOverUsers(ranked.map(({ accuracy }) => accuracy[metric]));
  return {
    k,
    accuracy: {
      hitRate: of("hitRate"),
      recall: of("recall"),
      ndcg: of("ndcg"),
      reciprocalRank: of("reciprocalRank"),
      averagePrecision: of("averagePrecision"),
    },
    coverage: catalogueCoverage(lists, itemCount),
    novelty: novelty(lists, {
      userCounts: usersOf.map(({ length }) => length),
      users: training.length,
    }),
    diversity: intraListDiversity(lists, (a, b) => setCosine(usersOf[a]!, usersOf[b]!)),
    gini: giniIndex(lists, itemCount),
    ndcgs: Float64Array.from(ranked, ({ accuracy }) => accuracy.ndcg),
  };
}

/** Mean difference of NDCG@k over the same held-out items, with the standard error of the pairs. */
export function compareRankings(first: RankingQuality, second: RankingQuality): MeanOverUsers {
  if (first.ndcgs.length !== second.ndcgs.length)
    throw new RangeError(
      `rankings must be of the same held-out items, got ${first.ndcgs.length} and ${second.ndcgs.length}`,
    );
  return meanOverUsers(Array.from(first.ndcgs, (value, index) => value - second.ndcgs[index]!));
}

/** Of each item the users that had it, ascending. */
function usersByItem(sequences: readonly ArrayLike<number>[], itemCount: number): number[][] {
  const users: number[][] = Array.from({ length: itemCount }, () => []);
  for (const [user, sequence] of sequences.entries())
    for (const item of new Set(Array.from(sequence))) users[item]!.push(user);
  return users;
}
