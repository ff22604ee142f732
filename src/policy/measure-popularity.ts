import type { ItemId } from "../domain/ids.ts";
import {
  type BehaviourCounts,
  type RelativePopularity,
  relativePopularity,
} from "./behaviour-counts.ts";
import {
  type ItemRewards,
  joinRewards,
  noiseOf,
  type RewardsByItem,
  varianceWithin,
} from "./item-rewards.ts";
import type { Popularity } from "./popularity.ts";

/** Impressions whose mean counts as much as the expected one: fewest, and those of items that differ from it no more than chance explains. */
const fewestPriorImpressions = 10;
const mostPriorImpressions = 1000;

/** Standard deviation of the slope before any reward, as a share of the proportional one. */
const slopeDeviation = 0.5;

/** An item's rewards, beside the mean that is expected of it. */
interface Expected extends ItemRewards {
  readonly expected: number;
}

/**
 * n₀ = σ²/τ², the impressions whose mean counts as much as the expected one: variance of a reward about its item's mean, and variance of the items'
 * means about the expected ones, by moments (DerSimonian & Laird 1986).
 */
export function priorImpressions(entries: readonly Expected[], variance: number): number {
  let [total, squares, between, noise] = [0, 0, 0, 0];
  for (const { expected, ...one } of entries) {
    const { impressions, rewardSum } = one;
    total += impressions;
    squares += impressions ** 2;
    between += impressions * (rewardSum / impressions - expected) ** 2;
    noise += noiseOf(one);
  }
  const spread = (between - (noise - 1) * variance) / (total - squares / total);
  if (!(variance < mostPriorImpressions * spread)) return mostPriorImpressions;
  return Math.max(fewestPriorImpressions, variance / spread);
}

interface Line {
  readonly centre: number;
  readonly slope: number;
  /** The slope over the proportional one. */
  readonly trust: number;
}

/**
 * Mean rewards against ρ: r̄ + β·(ρ − ρ̄), weighted by impressions. Before any reward they are proportional, β = r̄/ρ̄ ± a half; rewards say how far
 * behaviour foretells them.
 */
function fitLine(
  rewards: RewardsByItem,
  { of }: RelativePopularity,
  { mean, variance }: { readonly mean: number; readonly variance: number },
): Line {
  let [total, sum] = [0, 0];
  for (const [item, { impressions }] of rewards) {
    total += impressions;
    sum += impressions * of(item);
  }
  const centre = sum / total;
  let [squares, products] = [0, 0];
  for (const [item, { impressions, rewardSum }] of rewards) {
    const offset = of(item) - centre;
    squares += impressions * offset ** 2;
    products += offset * (rewardSum - mean * impressions);
  }
  const proportional = mean / centre;
  const precision = 1 / (slopeDeviation * proportional) ** 2;
  if (squares === 0) return { centre, slope: proportional, trust: 1 };
  const slope = (proportional * precision * variance + products) / (precision * variance + squares);
  const trust = Math.max(0, slope / proportional);
  return { centre, slope: trust * proportional, trust };
}

/**
 * Mean reward by item, shrunk towards the expected one: (Σr + n₀·m) / (n + n₀). m is the mean of all, or follows the item's popularity in the
 * behaviour before the first decision, if that is more than chance. Without rewards the scores are that popularity.
 */
export function measurePopularity(rewards: RewardsByItem, behaviour?: BehaviourCounts): Popularity {
  const relative = behaviour && relativePopularity(behaviour);
  const all = [...rewards.values()];
  const [first, ...others] = all;
  if (first === undefined) {
    const scores =
      relative && [...behaviour.users.keys()].map((item) => [item, relative.of(item)] as const);
    return {
      scores: new Map(scores),
      mean: relative?.none ?? 0,
      ...(relative && { certainty: relative.certainty }),
    };
  }
  const { rewardSum, impressions } = others.reduce(joinRewards, first);
  const mean = rewardSum / impressions;
  const variance = varianceWithin(all);
  const line = relative && mean > 0 ? fitLine(rewards, relative, { mean, variance }) : undefined;
  const expect = (popularity: number) =>
    line ? mean + line.slope * (popularity - line.centre) : mean;
  const expectOf = (item: ItemId) => expect(relative?.of(item) ?? 1);
  const entries = [...rewards].map(([itemId, one]) => ({
    ...one,
    itemId,
    expected: expectOf(itemId),
  }));
  const prior = priorImpressions(entries, variance);
  const scores = new Map<ItemId, number>();
  if (line) for (const item of behaviour!.users.keys()) scores.set(item, expectOf(item));
  for (const { itemId, expected, ...one } of entries)
    scores.set(itemId, (one.rewardSum + prior * expected) / (one.impressions + prior));
  return {
    scores,
    mean: expect(relative?.none ?? 1),
    ...(relative && line && { certainty: relative.certainty * Math.min(1, line.trust) }),
  };
}
