import type { ItemId } from "../domain/ids.ts";
import type { Policy } from "./policy.ts";
import { corruptSnapshot, encodeTensors, type TensorFile } from "./snapshot.ts";

/** Impressions that an item's mean reward is shrunk towards the overall mean with. */
const priorImpressions = 10;

export interface ItemRewards {
  readonly impressions: number;
  readonly rewardSum: number;
}

/** Mean reward by item, shrunk: (Σr + n₀·r̄) / (n + n₀). */
export function measurePopularity(rewards: ReadonlyMap<ItemId, ItemRewards>): Popularity {
  let impressions = 0;
  let rewardSum = 0;
  for (const entry of rewards.values()) {
    impressions += entry.impressions;
    rewardSum += entry.rewardSum;
  }
  const mean = impressions === 0 ? 0 : rewardSum / impressions;
  const shrink = (entry: ItemRewards) =>
    (entry.rewardSum + priorImpressions * mean) / (entry.impressions + priorImpressions);
  return { scores: new Map([...rewards].map(([item, entry]) => [item, shrink(entry)])), mean };
}

/** Logits of the order by score: the best remaining item with probability 1, ties shared evenly. */
export function greedyLogits(scores: readonly number[]): Float64Array {
  // e^-50 < 1e-21: nothing is left for the second best.
  const step = 50;
  const distinct = [...new Set(scores)].sort((left, right) => right - left);
  const rank = new Map(distinct.map((score, index) => [score, index]));
  return Float64Array.from(scores, (score) => -step * rank.get(score)!);
}

export interface Popularity {
  readonly scores: ReadonlyMap<ItemId, number>;
  /** Score of an item without impressions. */
  readonly mean: number;
}

export function encodePopularity({ scores, mean }: Popularity): Uint8Array {
  const values = Float32Array.from(scores.values());
  return encodeTensors({
    meta: { kind: "popularity", itemIds: [...scores.keys()], numbers: { mean } },
    tensors: { scores: { shape: [values.length], values } },
  });
}

/** The baseline as a policy: greedy on the shrunk mean reward. @throws corrupt_snapshot */
export function loadPopularityPolicy(file: TensorFile): Policy {
  const { itemIds, numbers } = file.meta;
  const { mean } = numbers;
  const values = file.tensors.scores?.values;
  if (mean === undefined || values?.length !== itemIds.length)
    throw corruptSnapshot(`${values?.length} scores for ${itemIds.length} items, mean ${mean}`);
  const scores = new Map(itemIds.map((item, index) => [item, values[index]!]));
  return {
    kind: "popularity",
    logits: async (_, candidates) =>
      greedyLogits(candidates.map(({ itemId }) => scores.get(itemId) ?? mean)),
    close: async () => {},
  };
}
