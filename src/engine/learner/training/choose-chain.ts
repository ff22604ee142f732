import { setImmediate } from "node:timers/promises";
import {
  meanNdcg,
  meanNdcgs,
  type ScoreHistories,
} from "../../../evaluation/ranking/evaluate-ranking.ts";
import type { HeldOutItem } from "../../../evaluation/ranking/split.ts";
import { fitChain } from "../../../learning/sequence/fit-chain.ts";
import { limitRows } from "../../../numeric/sparse-rows.ts";
import {
  type Chain,
  type ChainPart,
  type ChainSettings,
  logProbabilities,
  openShares,
  scoreSuccessors,
} from "../../../policy/encoder/chain.ts";
import { createCatalogueScorer } from "../../../policy/transformer/catalogue-scorer.ts";
import type { TransformerModel } from "../../../policy/transformer/parameters.ts";

/** Chains of which the best on the validation items is taken. */
export const chainVariants: readonly ChainSettings[] = [
  { window: 1, decay: 1 },
  { window: 5, decay: 0.7 },
  { window: 10, decay: 0.8 },
  { window: 20, decay: 0.9 },
];

/** λ of which the best on the validation items is taken; 0 is the network alone. */
const weights = [0, 0.25, 0.5, 1, 1.5, 2];

/** Successors of a stored chain, 8 bytes each; a chain with more keeps the strongest of each item. */
const mostSuccessors = 2 ** 22;

/** Held-out items that a choice needs. */
export const leastValidation = 2;
const scoredTogether = 64;

/** Behaviour to count, and held-out items to choose by. */
export interface ChainData {
  /** Codes of each user, oldest first; see `learning/sequence/codes.ts`. */
  readonly sequences: readonly ArrayLike<number>[];
  /** Events of each item. */
  readonly counts: ArrayLike<number>;
  /** At least `leastValidation`. */
  readonly heldOut: readonly HeldOutItem[];
  /** Items of a ranking that count. */
  readonly k: number;
}

export interface ChosenChain {
  readonly chain: Chain;
  /** λ ≥ 0 */
  readonly weight: number;
}

async function fitBestChain({ sequences, counts, heldOut, k }: ChainData): Promise<Chain> {
  const count = (settings: ChainSettings) => fitChain(sequences, counts.length, settings);
  const tried: { readonly settings: ChainSettings; readonly ndcg: number }[] = [];
  for (const settings of chainVariants) {
    await setImmediate();
    const chain = count(settings);
    const score: ScoreHistories = async (histories) =>
      histories.map((history) => scoreSuccessors(chain, history));
    tried.push({
      settings,
      ndcg: await meanNdcg(score, heldOut, { itemCount: counts.length, k }),
    });
  }
  const { settings } = tried.reduce((best, one) => (one.ndcg > best.ndcg ? one : best));
  const chain = count(settings);
  return { ...chain, successors: limitRows(chain.successors, mostSuccessors) };
}

/**
 * Logits z + λ·log P of the logarithmic pool of a network's next-item distribution and a chain's
 * (product of experts: Genest & Zidek 1986; Hinton 2002), by λ, then by history.
 * @param score logits of the network, with any normalisation
 */
export function poolChain(
  score: ScoreHistories,
  { chain, counts }: { readonly chain: Chain; readonly counts: ArrayLike<number> },
  lambdas: readonly number[],
): (histories: readonly ArrayLike<number>[]) => Promise<Float64Array[][]> {
  const shareOf = openShares(counts);
  return async (histories: readonly ArrayLike<number>[]) => {
    const logits = await score(histories);
    const ofChain = histories.map((history) => {
      const scores = scoreSuccessors(chain, history);
      const log = logProbabilities(scores, shareOf);
      return scores.map((_, item) => log(item));
    });
    return lambdas.map((weight) =>
      ofChain.map((logs, index) => {
        const own = logits[index] ?? [];
        return logs.map((log, item) => (own[item] ?? Number.NaN) + weight * log);
      }),
    );
  };
}

/** The chain that is best alone, and the λ at which it is best beside the network. */
export async function chooseChain(score: ScoreHistories, data: ChainData): Promise<ChosenChain> {
  const { counts, heldOut, k } = data;
  const chain = await fitBestChain(data);
  const pooled = poolChain(score, { chain, counts }, weights);
  const ndcgs = await meanNdcgs(pooled, heldOut, { itemCount: counts.length, k });
  const best = Math.max(...ndcgs);
  return { chain, weight: weights.find((_, index) => ndcgs[index] === best) ?? 0 };
}

/** The chain beside a trained network; none if the network ranks best alone, or if nothing can say so. */
export async function chooseChainFor(
  model: TransformerModel,
  { threads, ...data }: ChainData & { readonly threads: number },
): Promise<ChainPart | undefined> {
  if (data.heldOut.length < leastValidation) return undefined;
  const scorer = await createCatalogueScorer(model, { rows: scoredTogether, threads });
  const { chain, weight } = await chooseChain(scorer.score, data).finally(scorer.close);
  return weight > 0 ? { ...chain, weight } : undefined;
}
