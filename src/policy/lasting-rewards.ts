import type { ItemId } from "../domain/ids.ts";
import { logGamma } from "../numeric/gamma.ts";
import {
  type ItemRewards,
  joinRewards,
  type RewardsByItem,
  varianceWithin,
} from "./item-rewards.ts";
import { priorImpressions } from "./measure-popularity.ts";

/** Log-odds of "a share of the items changed" to "none did" that start the forgetting: 55 to 1. */
const evidence = 4;
const [rounds, closeEnough] = [60, 1e-5];
/** Share of items that may have changed. */
const [leastShare, mostShare] = [1e-4, 0.999];

/** Log-odds of an item's new mean: drawn anew, to as it was. */
type Odds = ReadonlyMap<ItemId, number>;

const sumAll = (rewards: readonly ItemRewards[]): ItemRewards => rewards.reduce(joinRewards);

/** Counts per impression: a gamma distribution. */
interface GammaRate {
  readonly shape: number;
  /** Impressions. */
  readonly rate: number;
}

/** Log probability of a count, without its factorial: negative binomial. */
const logChance = (count: number, impressions: number, { shape, rate }: GammaRate): number =>
  logGamma(shape + count) -
  logGamma(shape) +
  shape * Math.log(rate) -
  (shape + count) * Math.log(rate + impressions);

interface Earlier {
  readonly rewards: RewardsByItem;
  /** Of all their impressions. */
  readonly mean: number;
  /** n₀, impressions whose mean counts as much as the mean of all. */
  readonly prior: number;
}

/**
 * Rewards above the lowest one count in units of φ = σ²/r̄, as a Poisson variable does. The level of all rates may have changed, by lost events for
 * example: those before are scaled by the ratio of all.
 */
function weighItems({ rewards, mean, prior }: Earlier, newer: RewardsByItem, lowest: number): Odds {
  const shown = [...newer].flatMap(([itemId, one]) => {
    const before = rewards.get(itemId);
    if (before === undefined) return [];
    const weight = before.impressions + prior;
    const was = (before.rewardSum + prior * mean) / weight - lowest;
    return [
      {
        itemId,
        impressions: one.impressions,
        earned: one.rewardSum - lowest * one.impressions,
        weight,
        was,
      },
    ];
  });
  const sum = (of: (one: (typeof shown)[number]) => number) =>
    shown.reduce((total, one) => total + of(one), 0);
  const earned = sum((one) => one.earned);
  const ratio = earned / sum(({ impressions, was }) => impressions * was);
  const unit =
    (varianceWithin([...newer.values()]) * sum(({ impressions }) => impressions)) / earned;
  // Without rewards that vary, before or since, nothing tells a change.
  if (!(unit > 0 && Number.isFinite(ratio))) return new Map();
  const rateOf = (reward: number, weight: number): GammaRate => ({
    shape: (reward * weight) / unit,
    rate: weight / ratio,
  });
  const anew = rateOf(mean - lowest, prior);
  return new Map(
    shown.map(({ itemId, impressions, earned, weight, was }) => {
      const count = earned / unit;
      const asItWas = logChance(count, impressions, rateOf(was, weight));
      return [itemId, logChance(count, impressions, anew) - asItWas];
    }),
  );
}

/** P(drawn anew) of an item if a share of all was; never so certain that nothing of it counts. */
const chanceOf = (odds: number, share: number): number =>
  Math.min(mostShare, 1 / (1 + ((1 - share) / share) * Math.exp(-odds)));

/** log((1 − share) + share·e^odds) */
const evidenceOf = (odds: number, share: number): number =>
  odds > 0
    ? odds + Math.log(share + (1 - share) * Math.exp(-odds))
    : Math.log(1 - share + share * Math.exp(odds));

/** The most likely share of changed items, by expectation maximisation; undefined without evidence that any has changed. */
function findShare(odds: Odds): number | undefined {
  const all = [...odds.values()];
  const sum = (of: (one: number) => number) => all.reduce((total, one) => total + of(one), 0);
  let [share, before] = [0.5, 0];
  for (let round = 0; round < rounds && Math.abs(share - before) > closeEnough; round++) {
    before = share;
    share = Math.max(leastShare, sum((one) => chanceOf(one, before)) / all.length);
  }
  return sum((one) => evidenceOf(one, share)) > evidence ? share : undefined;
}

/**
 * Share of an item's older rewards that still counts beside the newer ones. A share π of all items has means that were drawn anew, the others are as they
 * were; π is the most likely one (a mixture, Dempster, Laird & Rubin 1977). An item that was shown has changed with a probability w that its
 * rewards tell, any other one with π. Then (1 − w)/(1 + w·n/n₀) of its n impressions give the mean of both cases, once shrunk.
 * @param lowest of all rewards
 * @returns undefined if all count
 */
export function lastingShares(
  older: RewardsByItem,
  newer: RewardsByItem,
  lowest: number,
): ((itemId: ItemId) => number) | undefined {
  if (older.size === 0) return undefined;
  const rewards = [...older.values()];
  const { impressions, rewardSum } = sumAll(rewards);
  const mean = rewardSum / impressions;
  const entries = rewards.map((one) => ({ ...one, expected: mean }));
  const prior = priorImpressions(entries, varianceWithin(rewards));
  const odds = weighItems({ rewards: older, mean, prior }, newer, lowest);
  const share = findShare(odds);
  if (share === undefined) return undefined;
  return (itemId) => {
    const own = odds.get(itemId);
    const changed = own === undefined ? share : chanceOf(own, share);
    return (1 - changed) / (1 + (changed * older.get(itemId)!.impressions) / prior);
  };
}
