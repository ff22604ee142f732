import type { ItemId } from "../domain/ids.ts";
import {
  type ItemRewards,
  joinByItem,
  joinRewards,
  type RewardsByItem,
  rewardsOf,
  shareByItem,
} from "./item-rewards.ts";
import { lastingShares } from "./lasting-rewards.ts";

/** In the newest block at the least: a smaller one tells no change. */
const fewestDecisions = 125;

type Shares = ReadonlyMap<ItemId, number>;

/** An impression and its decision. */
export interface AgedReward<Half> {
  /** 0 is the oldest decision. */
  readonly decision: number;
  readonly half: Half;
  readonly itemId: ItemId;
  readonly reward: number;
}

/** Rewards by item, whose older ones count as far as newer ones bear them out. */
export interface AgedRewards<Half> {
  add(reward: AgedReward<Half>): void;
  /** Without those of some halves. All that was added decides how far older ones count. */
  sum(...without: readonly (Half | undefined)[]): RewardsByItem;
  /** Share of the impressions that does not count, in [0, 1). */
  outdated(): number;
}

/** Of each block, oldest first, the shares that count beside all later blocks; those of the others are 1. */
function weighBlocks(blocks: readonly RewardsByItem[], lowest: number): readonly Shares[] {
  const shares = blocks.map(() => new Map<ItemId, number>());
  let known: RewardsByItem = new Map();
  for (const [index, block] of blocks.slice(0, -1).entries()) {
    known = joinByItem([known, block]);
    const lasting = lastingShares(known, joinByItem(blocks.slice(index + 1)), lowest);
    if (lasting === undefined) continue;
    known = shareByItem(known, lasting);
    for (const [before, own] of shares.slice(0, index + 1).entries())
      for (const item of blocks[before]!.keys())
        own.set(item, (own.get(item) ?? 1) * lasting(item));
  }
  return shares;
}

/**
 * Decisions are in blocks, each half as long as the one before, so a change is found at a time that is right by a factor of two. Grows by some 0.1 kB
 * for each item of each block in which it was shown.
 * @param decisions number of decisions to come
 */
export function createAgedRewards<Half>(decisions: number): AgedRewards<Half> {
  const last = Math.max(0, Math.floor(Math.log2(decisions / fewestDecisions)));
  const blocks = Array.from({ length: last + 1 }, () => new Map<Half, Map<ItemId, ItemRewards>>());
  const blockOf = (decision: number) =>
    blocks[Math.min(last, Math.floor(Math.log2(decisions / Math.max(1, decisions - decision))))]!;
  let [lowest, shown] = [Number.POSITIVE_INFINITY, 0];
  let shares: readonly Shares[] | undefined;
  const weigh = () => {
    shares ??= weighBlocks(
      blocks.map((halves) => joinByItem(halves.values())),
      lowest,
    );
    return shares;
  };
  const sum = (...without: readonly (Half | undefined)[]): RewardsByItem =>
    joinByItem(
      blocks.flatMap((halves, index) =>
        [...halves]
          .filter(([half]) => !without.includes(half))
          .map(([, rewards]) => shareByItem(rewards, (item) => weigh()[index]!.get(item) ?? 1)),
      ),
    );
  return {
    add: ({ decision, half, itemId, reward }) => {
      lowest = Math.min(lowest, reward);
      shown += 1;
      const halves = blockOf(decision);
      const known = halves.get(half) ?? new Map<ItemId, ItemRewards>();
      halves.set(half, known.set(itemId, joinRewards(known.get(itemId), rewardsOf(reward))));
    },
    sum,
    outdated: () => {
      let counted = 0;
      for (const { impressions } of sum().values()) counted += impressions;
      return shown === 0 ? 0 : 1 - counted / shown;
    },
  };
}
