import { availableParallelism } from "node:os";
import {
  evaluateBaselines,
  type RankedBy,
  type SkippedRanker,
} from "../../src/analysis/ranking/evaluate-baselines.ts";
import {
  rankWithTransformer,
  type TransformerPlan,
} from "../../src/analysis/ranking/rank-with-transformer.ts";
import { describeRankingProgress } from "../../src/cli/evaluate/describe-ranking.ts";
import type { RankingQuality } from "../../src/evaluation/ranking/evaluate-ranking.ts";
import type { Protocol, RankingSplit } from "../../src/evaluation/ranking/split.ts";
import type { SequenceCheckpoint } from "../../src/learning/sequence/sequence-training.ts";
import type { RunFolder } from "../run-folder.ts";

export const k = 10;
/** What the issue of the target counts with. */
export const threads: number = Math.min(2, availableParallelism());

/** A quality as JSON holds it. */
export type KeptQuality = Omit<RankingQuality, "ndcgs"> & { readonly ndcgs: readonly number[] };

export interface SeedRun {
  readonly seed: number;
  readonly quality: KeptQuality;
  readonly epochs: number;
  readonly bestEpoch: number;
  /** The same network together with the Markov chain. */
  readonly pooled: { readonly settings: string; readonly quality: KeptQuality };
  /** Of training, validation and test, over all the parts in which it ran. */
  readonly seconds: number;
}

export interface BaselineRun {
  readonly ranked: readonly (Omit<RankedBy, "quality"> & { readonly quality: KeptQuality })[];
  readonly skipped: readonly SkippedRanker[];
}

interface Parts {
  readonly folder: RunFolder;
  readonly split: RankingSplit;
  readonly protocol: Protocol;
  /** Takes lines. */
  readonly print: (text: string) => void;
}

const keep = (quality: RankingQuality): KeptQuality => ({
  ...quality,
  ndcgs: Array.from(quality.ndcgs),
});

export async function measureBaselines(parts: Parts): Promise<BaselineRun> {
  const { folder, split, protocol, print } = parts;
  const file = `${protocol}-baselines.json`;
  const known = folder.load<BaselineRun>(file);
  if (known !== undefined) return known;
  const { ranked, skipped } = await evaluateBaselines(split, {
    k,
    seed: 1,
    threads,
    onProgress: (progress) => print(describeRankingProgress(progress)),
  });
  const run = { ranked: ranked.map((one) => ({ ...one, quality: keep(one.quality) })), skipped };
  folder.save(file, run);
  return run;
}

interface KeptCheckpoint {
  readonly checkpoint: SequenceCheckpoint;
  readonly seconds: number;
}

export async function measureSeed(
  parts: Parts,
  { plan, seed }: { readonly plan: TransformerPlan; readonly seed: number },
): Promise<SeedRun> {
  const { folder, split, protocol, print } = parts;
  const name = `${protocol}-seed-${seed}`;
  const known = folder.load<SeedRun>(`${name}.json`);
  if (known !== undefined) return known;
  const kept = folder.load<KeptCheckpoint>(`${name}.checkpoint`);
  if (kept) print(`seed ${seed} goes on after epoch ${kept.checkpoint.epoch}`);
  const startedAt = performance.now();
  const seconds = () => (kept?.seconds ?? 0) + (performance.now() - startedAt) / 1000;
  const { quality, epochs, bestEpoch, pooled } = await rankWithTransformer(split, plan, {
    k,
    seed,
    threads,
    clock: Date.now,
    onProgress: (progress) => print(`seed ${seed}, ${describeRankingProgress(progress)}`),
    onCheckpoint: async (checkpoint) =>
      folder.save(`${name}.checkpoint`, { checkpoint, seconds: seconds() }),
    resumeFrom: kept?.checkpoint,
  });
  const run: SeedRun = {
    seed,
    quality: keep(quality),
    epochs,
    bestEpoch,
    seconds: seconds(),
    pooled: { ...pooled, quality: keep(pooled.quality) },
  };
  folder.save(`${name}.json`, run);
  folder.remove(`${name}.checkpoint`);
  return run;
}
