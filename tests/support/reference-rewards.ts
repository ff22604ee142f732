import type { ItemId } from "../../src/domain/ids.ts";
import type { World } from "../../src/domain/world.ts";

/** True mean reward a visit of three policies that bound what can be learned, in reward units. */
export interface ReferenceRewards {
  /** Every slate equally likely. */
  readonly uniform: number;
  /** Items in the order of their true mean reward in these visits: the best that ignores who visits. */
  readonly popularity: number;
  /** The best slate for each visit. */
  readonly personal: number;
}

interface VisitRange {
  /** First visit. */
  readonly from: number;
  /** One past the last visit. */
  readonly to: number;
}

/** True mean reward of each item at position 0, over the visits that offer it. */
function itemMeans(world: World, { from, to }: VisitRange): Map<ItemId, number> {
  const totals = new Map<ItemId, { sum: number; count: number }>();
  for (let turn = from; turn < to; turn++) {
    for (const { itemId } of world.visit(turn).candidates) {
      const total = totals.get(itemId) ?? { sum: 0, count: 0 };
      total.sum += world.expectedReward(turn, [itemId]);
      total.count++;
      totals.set(itemId, total);
    }
  }
  return new Map([...totals].map(([itemId, { sum, count }]) => [itemId, sum / count]));
}

/**
 * Mean over the slates that start at each candidate in turn: every item is at every position once.
 */
function uniformReward(world: World, turn: number, offered: readonly ItemId[]): number {
  const twice = [...offered, ...offered];
  const rewards = offered.map((_, start) =>
    world.expectedReward(turn, twice.slice(start, start + world.slateSize)),
  );
  return rewards.reduce((sum, reward) => sum + reward, 0) / offered.length;
}

/** Computed from the world's truth, exact for worlds in which positions don't influence each other. */
export function referenceRewards(world: World, range: VisitRange): ReferenceRewards {
  const means = itemMeans(world, range);
  const sums = { uniform: 0, popularity: 0, personal: 0 };
  for (let turn = range.from; turn < range.to; turn++) {
    const offered = world.visit(turn).candidates.map(({ itemId }) => itemId);
    const popular = offered.toSorted((a, b) => means.get(b)! - means.get(a)!);
    sums.uniform += uniformReward(world, turn, offered);
    sums.popularity += world.expectedReward(turn, popular.slice(0, world.slateSize));
    sums.personal += world.expectedReward(turn, world.bestSlate(turn));
  }
  const count = range.to - range.from;
  return {
    uniform: sums.uniform / count,
    popularity: sums.popularity / count,
    personal: sums.personal / count,
  };
}
