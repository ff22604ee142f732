import { type ItemId, itemId } from "../../domain/ids.ts";
import { hashUniform } from "../../numeric/hash.ts";
import { type ItemRewards, measurePopularity, type Popularity } from "../../policy/popularity.ts";

/** Impressions with the mean reward of the log that every cell begins with. */
const priorRows = 30;
/** Parts of the log that leave each other out. */
const foldCount = 5;

/** The user's part of the log, or the row's own if it has no user. */
export const foldOf = (user: string): number => Math.floor(foldCount * hashUniform(`fold/${user}`));

interface Cell {
  rows: number;
  rewardSum: number;
}

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

const getCell = <K>(cells: Map<K, Cell>, key: K): Cell => {
  const cell = cells.get(key) ?? { rows: 0, rewardSum: 0 };
  cells.set(key, cell);
  return cell;
};

function addTo(cell: Cell, reward: number): void {
  cell.rows += 1;
  cell.rewardSum += reward;
}

/** Memory grows with actions × positions, not with rows. */
export function createRewardTable(): RewardTable {
  const total: Cell = { rows: 0, rewardSum: 0 };
  const positions: Map<string, Cell>[] = [];
  const folds = Array.from({ length: foldCount }, () => new Map<ItemId, Cell>());
  return {
    add({ position, action, reward, fold }) {
      positions[position] ??= new Map();
      addTo(total, reward);
      addTo(getCell(positions[position], action), reward);
      addTo(getCell(folds[fold] ?? new Map(), itemId(action)), reward);
    },
    predict(position, action) {
      const prior = total.rows === 0 ? 0 : total.rewardSum / total.rows;
      const { rows, rewardSum } = positions[position]?.get(action) ?? { rows: 0, rewardSum: 0 };
      return (rewardSum + priorRows * prior) / (rows + priorRows);
    },
    popularityWithout(fold) {
      const rewards = new Map<ItemId, { impressions: number; rewardSum: number }>();
      for (const [item, cell] of folds
        .filter((_, index) => index !== fold)
        .flatMap((f) => [...f])) {
        const before: ItemRewards = rewards.get(item) ?? { impressions: 0, rewardSum: 0 };
        rewards.set(item, {
          impressions: before.impressions + cell.rows,
          rewardSum: before.rewardSum + cell.rewardSum,
        });
      }
      return measurePopularity(rewards);
    },
  };
}
