import type { MeanOverUsers } from "../../domain/first-slates.ts";
import { compareRankings } from "../../evaluation/ranking/evaluate-ranking.ts";
import {
  leaveOneOut,
  type Protocol,
  type RankingSplit,
  splitByTime,
} from "../../evaluation/ranking/split.ts";
import { invalidFile } from "../../exchange/import/text-source.ts";
import type { SequenceProgress } from "../../learning/sequence/sequence-training.ts";
import {
  type BaselineProgress,
  evaluateBaselines,
  type RankedBy,
  type SkippedRanker,
} from "./evaluate-baselines.ts";
import { countInteractions, type InteractionData } from "./interaction-data.ts";
import type { PoolProgress } from "./pool-with-markov.ts";
import {
  describePlan,
  rankWithTransformer,
  type TransformerPlan,
} from "./rank-with-transformer.ts";

const transformerName = "Transformer";
const pooledName = "Transformer with Markov";
const ownNames: readonly string[] = [transformerName, pooledName];

export type RankingProgress = BaselineProgress | SequenceProgress | PoolProgress;

export interface RankingEvaluation {
  readonly data: {
    readonly name: string;
    readonly form: string;
    readonly users: number;
    readonly items: number;
    readonly interactions: number;
    readonly notes: readonly string[];
  };
  readonly protocol: Protocol;
  readonly k: number;
  readonly seed: number;
  readonly trainingInteractions: number;
  readonly testUsers: number;
  readonly ranked: readonly RankedBy[];
  readonly skipped: readonly SkippedRanker[];
}

export interface RankingOptions {
  readonly protocol: Protocol;
  readonly k: number;
  readonly seed: number;
  readonly threads: number;
  /** Without one, the baselines alone. */
  readonly transformer?: TransformerPlan | undefined;
  /** Milliseconds. */
  readonly clock: () => number;
  readonly onProgress: (progress: RankingProgress) => void;
}

const fewestHeldOut = 2;

/**
 * @throws invalid_file if the data has no times for a split by time, or too few users to hold an
 * item out
 */
export function splitData(data: InteractionData, protocol: Protocol): RankingSplit {
  if (protocol === "time-split" && data.times === undefined)
    throw invalidFile(data.name, "has no times to split by; use --protocol leave-one-out");
  const split = protocol === "time-split" ? splitByTime(data) : leaveOneOut(data);
  for (const part of ["validation", "test"] as const)
    if (split[part].length < fewestHeldOut)
      throw invalidFile(
        data.name,
        `leaves ${split[part].length} users for ${part}, ${fewestHeldOut} are needed: of each user, three items or more`,
      );
  return split;
}

/** @throws invalid_file if no user has a next item to train the Transformer on */
function checkTrainable({ training }: RankingSplit, { name }: InteractionData): void {
  if (training.some(({ length }) => length > 1)) return;
  throw invalidFile(
    name,
    "leaves each user one item to train on at most, and the Transformer needs a user with two: name data with longer histories, or use --baselines",
  );
}

/** All baselines and the Transformer on one split of one data set, ranking the whole catalogue. */
export async function evaluateRankers(
  data: InteractionData,
  options: RankingOptions,
): Promise<RankingEvaluation> {
  const { protocol, k, seed, transformer: plan } = options;
  const split = splitData(data, protocol);
  if (plan) checkTrainable(split, data);
  const { ranked, skipped } = await evaluateBaselines(split, options);
  const own = plan && (await rankWithTransformer(split, plan, options));
  return {
    data: describeData(data),
    protocol,
    k,
    seed,
    trainingInteractions: countInteractions({ ...split, sequences: split.training }),
    testUsers: split.test.length,
    ranked: own
      ? [
          ...ranked,
          { ranker: transformerName, settings: describePlan(plan), quality: own.quality },
          { ranker: pooledName, ...own.pooled },
        ]
      : ranked,
    skipped,
  };
}

const describeData = (data: InteractionData): RankingEvaluation["data"] => ({
  name: data.name,
  form: data.form,
  users: data.sequences.length,
  items: data.itemCount,
  interactions: countInteractions(data),
  notes: data.notes,
});

/** 97.5 % quantile of the normal distribution. */
const z = 1.96;
const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;

/**
 * The table's result for the Transformer and its pool, in words: against the Markov chain, and
 * against the best baseline.
 */
export function concludeRanking({ ranked, k }: RankingEvaluation): readonly string[] {
  const own = ranked.filter(({ ranker }) => ownNames.includes(ranker));
  const others = ranked.filter((one) => !own.includes(one));
  const best = others.reduce((a, b) => (ndcgOf(b) > ndcgOf(a) ? b : a));
  const rivals = others.filter((one) => one.ranker === "Markov" || one === best);
  return own.flatMap(({ ranker, quality }) =>
    rivals.map((rival) =>
      describeDifference(compareRankings(quality, rival.quality), [ranker, rival.ranker], k),
    ),
  );
}

const ndcgOf = ({ quality }: RankedBy) => quality.accuracy.ndcg.mean;

function describeDifference(
  { mean, standardError }: MeanOverUsers,
  [own, rival]: readonly [string, string],
  k: number,
): string {
  const [low, high] = [mean - z * standardError, mean + z * standardError];
  const figures = `${signed(mean)} NDCG@${k}, 95 % interval ${signed(low)} to ${signed(high)}, paired by user`;
  if (low > 0) return `The ${own} beats ${rival}: ${figures}.`;
  if (high < 0) return `The ${own} does not beat ${rival}, it is worse: ${figures}.`;
  return `The ${own} does not beat ${rival} beyond chance: ${figures}.`;
}
