import { setImmediate } from "node:timers/promises";
import {
  evaluateRanking,
  meanNdcg,
  type RankingQuality,
  type ScoreHistories,
} from "../../evaluation/ranking/evaluate-ranking.ts";
import type { HeldOutItem, RankingSplit } from "../../evaluation/ranking/split.ts";
import { createRandom, shuffle } from "../../numeric/random.ts";
import type { Ranker } from "../rankers/ranker.ts";
import { type Baseline, listBaselines, type Variant } from "./baselines.ts";

/** A line of the table. */
export interface RankedBy {
  readonly ranker: string;
  readonly settings: string;
  readonly quality: RankingQuality;
}

export interface SkippedRanker {
  readonly ranker: string;
  readonly reason: string;
}

export interface BaselineProgress {
  readonly stage: "baseline";
  readonly ranker: string;
  readonly settings: string;
  /** Of all fits, from 1. */
  readonly fit: number;
  readonly fits: number;
}

export interface BaselineOptions {
  readonly k: number;
  readonly seed: number;
  readonly threads: number;
  readonly onProgress: (progress: BaselineProgress) => void;
}

/** Users on whose validation items settings and epochs are chosen: NDCG@10 is known to ±0.006. */
const validationUsers = 2048;

/** A random part of the validation items, the same for the same seed. */
export function sampleValidation({ validation }: RankingSplit, seed: number): HeldOutItem[] {
  return shuffle([...validation], createRandom(seed).split("validation")).slice(0, validationUsers);
}

export async function evaluateBaselines(
  split: RankingSplit,
  options: BaselineOptions,
): Promise<{ readonly ranked: readonly RankedBy[]; readonly skipped: readonly SkippedRanker[] }> {
  const baselines = listBaselines(options);
  const fits = baselines.reduce((sum, { variants }) => sum + variants.length, 0);
  const ranked: RankedBy[] = [];
  const skipped: SkippedRanker[] = [];
  let fit = 0;
  for (const baseline of baselines) {
    const { name: ranker, variants } = baseline;
    const reason = baseline.findObstacle?.(split.itemCount);
    if (reason !== undefined) {
      skipped.push({ ranker, reason });
      fit += variants.length;
      continue;
    }
    const { variant, fitted } = await fitBest(baseline, split, {
      ...options,
      onFit: ({ settings }) => {
        fit += 1;
        options.onProgress({ stage: "baseline", ranker, settings, fit, fits });
      },
    });
    const quality = await evaluateRanking(scoreWith(fitted), split, options.k);
    ranked.push({ ranker, settings: variant.settings, quality });
  }
  return { ranked, skipped };
}

/** The fitted variant of a ranker with the best validation result. */
async function fitBest(
  { variants }: Baseline,
  split: RankingSplit,
  options: {
    readonly k: number;
    readonly seed: number;
    readonly onFit: (variant: Variant) => void;
  },
): Promise<{ readonly variant: Variant; readonly fitted: Ranker }> {
  const validation = sampleValidation(split, options.seed);
  let best: { variant: Variant; fitted: Ranker; ndcg: number } | undefined;
  for (const variant of variants) {
    options.onFit(variant);
    await setImmediate();
    const fitted = await variant.fit(split);
    const ndcg =
      variants.length === 1
        ? 0
        : await meanNdcg(scoreWith(fitted), validation, {
            itemCount: split.itemCount,
            k: options.k,
          });
    if (best === undefined || ndcg > best.ndcg) best = { variant, fitted, ndcg };
  }
  if (best === undefined) throw new RangeError("a baseline must have a variant, got none");
  return best;
}

/** A batch at a time, with pauses for other work, such as a check for Ctrl-C. */
const scoreWith =
  (ranker: Ranker): ScoreHistories =>
  async (histories) => {
    await setImmediate();
    return histories.map((history) => ranker.score(history));
  };
