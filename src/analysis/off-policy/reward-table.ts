import { type ItemId, itemId } from "../../domain/ids.ts";
import { hashUniform } from "../../numeric/hash.ts";
import { type ItemRewards, joinRewards, rewardsOf } from "../../policy/item-rewards.ts";
import { measurePopularity } from "../../policy/measure-popularity.ts";
import type { Popularity } from "../../policy/popularity.ts";

/** Impressions with the mean reward of the log that every cell begins with. */
const priorRows = 30;
/** Parts of the log that leave each other out. */
const foldCount = 5;

/** The user's part of the log, or the row's own if it has no user. */
export const foldOf = (user: string): number => Math.floor(foldCount * hashUniform(`fold/${user}`));

/** Rewards counted by position and action for a reward model, and by fold and action for the popularity target. */
export interface RewardTable {
  add(row: {
    readonly position: number;
    readonly action: string;
    readonly reward: number;
    readonly fold: number;
  }): void;
  /** q̂(k, a) = (Σr + 30·r̄)/(n + 30) over the rows of the position: a mean shrunk to that of the log. */
  predict(position: number, action: string): number;
  /** Mean rewards by action without those of a fold. */
  popularityWithout(fold: number): Popularity;
}

function addTo<K>(cells: Map<K, ItemRewards>, key: K, reward: number): void {
  cells.set(key, joinRewards(cells.get(key), rewardsOf(reward)));
}

/** Memory grows with actions × positions, not with rows. */
export function createRewardTable(): RewardTable {
  let total: ItemRewards | undefined;
  const positions: Map<string, ItemRewards>[] = [];
  const folds = Array.from({ length: foldCount }, () => new Map<ItemId, ItemRewards>());
  return {
    add({ position, action, reward, fold }) {
      positions[position] ??= new Map();
      total = joinRewards(total, rewardsOf(reward));
      addTo(positions[position], action, reward);
      addTo(folds[fold] ?? new Map(), itemId(action), reward);
    },
    predict(position, action) {
      const prior = total === undefined ? 0 : total.rewardSum / total.impressions;
      const cell = positions[position]?.get(action);
      return ((cell?.rewardSum ?? 0) + priorRows * prior) / ((cell?.impressions ?? 0) + priorRows);
    },
    popularityWithout(fold) {
      const rewards = new Map<ItemId, ItemRewards>();
      const others = folds.filter((_, index) => index !== fold).flatMap((cells) => [...cells]);
      for (const [item, cell] of others) rewards.set(item, joinRewards(rewards.get(item), cell));
      return measurePopularity(rewards);
    },
  };
}
