import type { Preset } from "../../domain/preset.ts";
import {
  evaluateRanking,
  meanNdcg,
  type RankingQuality,
} from "../../evaluation/ranking/evaluate-ranking.ts";
import type { RankingSplit } from "../../evaluation/ranking/split.ts";
import type {
  SequenceCheckpoint,
  SequenceProgress,
} from "../../learning/sequence/sequence-training.ts";
import type { SequenceSettings } from "../../learning/sequence/settings.ts";
import { trainSequenceModel } from "../../learning/sequence/train-sequence-model.ts";
import { createCatalogueScorer } from "../../policy/transformer/catalogue-scorer.ts";
import { presetShape, type TransformerShape } from "../../policy/transformer/shape.ts";
import { sampleValidation } from "./evaluate-baselines.ts";
import { type PooledRanking, type PoolProgress, poolWithMarkov } from "./pool-with-markov.ts";

/** Which Transformer is trained, and how. */
export interface TransformerPlan {
  readonly preset: Preset;
  /** Newest items of a history that it looks at. */
  readonly length: number;
  /** Over the preset's. */
  readonly shape?: Partial<Omit<TransformerShape, "items" | "length">>;
  /** Over the trainer's defaults. */
  readonly settings?: Partial<SequenceSettings>;
}

export interface TransformerOptions {
  readonly k: number;
  readonly seed: number;
  readonly threads: number;
  /** Milliseconds. */
  readonly clock: () => number;
  readonly onProgress: (progress: SequenceProgress | PoolProgress) => void;
  readonly onCheckpoint?: (checkpoint: SequenceCheckpoint) => Promise<void>;
  readonly resumeFrom?: SequenceCheckpoint | undefined;
}

export interface TransformerRanking {
  readonly quality: RankingQuality;
  readonly epochs: number;
  /** The epoch that validated best, whose parameters are tested. */
  readonly bestEpoch: number;
  readonly pooled: PooledRanking;
}

const scoredTogether = 64;

/**
 * Trains on the split's training sequences, keeps the epoch with the best validation NDCG, and
 * ranks the test items, alone and together with the Markov chain.
 */
export async function rankWithTransformer(
  split: RankingSplit,
  plan: TransformerPlan,
  options: TransformerOptions,
): Promise<TransformerRanking> {
  const { itemCount, training } = split;
  const { k, seed, threads, resumeFrom, onCheckpoint } = options;
  const sizes = { itemCount, k };
  const validation = sampleValidation(split, seed);
  const { model, epochs, bestEpoch } = await trainSequenceModel({
    sequences: training,
    itemCount,
    seed,
    threads,
    shape: {
      ...presetShape(plan.preset, { items: itemCount, length: plan.length }),
      ...plan.shape,
    },
    ...(plan.settings && { settings: plan.settings }),
    validate: ({ score }) => meanNdcg(score, validation, sizes),
    clock: options.clock,
    onProgress: options.onProgress,
    ...(onCheckpoint && { onCheckpoint }),
    ...(resumeFrom && { resumeFrom }),
  });
  const scorer = await createCatalogueScorer(model, { rows: scoredTogether, threads });
  try {
    const quality = await evaluateRanking(scorer.score, split, k);
    const pooled = await poolWithMarkov(scorer.score, split, options);
    return { quality, epochs, bestEpoch, pooled };
  } finally {
    await scorer.close();
  }
}

export const describePlan = ({ preset, length, shape, settings }: TransformerPlan): string => {
  const changes = Object.entries({ ...shape, ...settings }).map(
    ([key, value]) => `${key} ${value}`,
  );
  return [preset, `length ${length}`, ...changes].join(", ");
};
