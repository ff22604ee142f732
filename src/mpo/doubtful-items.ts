import type { DoubtfulItem } from "../domain/improvement-record.ts";
import { isFirst, type JudgedRow } from "./judged-row.ts";
import type { ScoredRow } from "./row-scores.ts";
import { meanRewards, spread } from "./row-scores.ts";

/** Fewer states than these say more about users than about the item. */
const leastStates = 20;
const highExcess = 1;
const lowDiscriminator = -2;
const longestList = 10;

interface Sums {
  states: number;
  prediction: number;
  excess: number;
  discriminator: number;
  shown: number;
  reward: number;
}

const noSums = (): Sums => ({
  states: 0,
  prediction: 0,
  excess: 0,
  discriminator: 0,
  shown: 0,
  reward: 0,
});

/** The critic on the candidates of a slate. */
function addScores(
  sums: Map<string, Sums>,
  { row, scores }: ScoredRow<JudgedRow>,
  memory: readonly number[],
): void {
  const mean = meanRewards(scores, memory);
  const centre = mean.reduce((sum, value) => sum + value, 0) / mean.length;
  const unit = spread(mean) || 1;
  for (let a = 0; a < mean.length; a++) {
    const { itemId } = row.candidates[a]!;
    const own = sums.get(itemId) ?? noSums();
    sums.set(itemId, own);
    own.states++;
    own.prediction += mean[a]!;
    own.excess += (mean[a]! - centre) / unit;
    own.discriminator += scores.discriminator[a]!;
  }
}

function addReward(sums: Map<string, Sums>, { candidates, action, reward }: JudgedRow): void {
  const own = sums.get(candidates[action]!.itemId);
  if (own === undefined) return;
  own.shown++;
  own.reward += reward;
}

/**
 * Items on real traffic with a mean prediction of at least a spread above the others and a mean D below −2, the worst first,
 * at most ten.
 * @param rows scored by a critic that was trained on none of them
 * @param memory weights of the memory lengths in Q̄
 */
export function findDoubtfulItems(
  rows: readonly ScoredRow<JudgedRow>[],
  memory: readonly number[],
): DoubtfulItem[] {
  const sums = new Map<string, Sums>();
  for (const one of rows) if (isFirst(one.row)) addScores(sums, one, memory);
  for (const { row } of rows) addReward(sums, row);
  return [...sums]
    .map(([itemId, { states, shown, ...own }]) => ({
      itemId,
      states,
      prediction: own.prediction / states,
      excess: own.excess / states,
      discriminator: own.discriminator / states,
      shown,
      ...(shown > 0 && { reward: own.reward / shown }),
    }))
    .filter(
      ({ states, excess, discriminator }) =>
        states >= leastStates && excess >= highExcess && discriminator < lowDiscriminator,
    )
    .sort((one, other) => one.discriminator - one.excess - other.discriminator + other.excess)
    .slice(0, longestList);
}
