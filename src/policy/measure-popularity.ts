import type { ItemId } from "../domain/ids.ts";
import {
  type BehaviourCounts,
  type RelativePopularity,
  relativePopularity,
} from "./behaviour-counts.ts";
import type { ItemRewards } from "./item-rewards.ts";
import type { Popularity } from "./popularity.ts";
import { priorValues, shrinkMean, type ValueSums, varianceWithin } from "./shrunk-means.ts";

/** Standard deviation of the slope before any reward, as a share of the proportional one. */
const slopeDeviation = 0.5;

interface Line {
  readonly centre: number;
  readonly slope: number;
  /** The slope over the proportional one. */
  readonly trust: number;
}

/**
 * Rates against ρ: p̄ + β·(ρ − ρ̄), weighted by impressions. Before any reward they are proportional, β = p̄/ρ̄ ± a half; rewards say how far
 * behaviour foretells them.
 */
function fitLine(
  rates: ReadonlyMap<ItemId, ValueSums>,
  { of }: RelativePopularity,
  { mean, variance }: { readonly mean: number; readonly variance: number },
): Line {
  let [total, sum] = [0, 0];
  for (const [item, { count }] of rates) {
    total += count;
    sum += count * of(item);
  }
  const centre = sum / total;
  let [squares, products] = [0, 0];
  for (const [item, { count, sum: rewarded }] of rates) {
    const offset = of(item) - centre;
    squares += count * offset ** 2;
    products += offset * (rewarded - mean * count);
  }
  const proportional = mean / centre;
  const precision = 1 / (slopeDeviation * proportional) ** 2;
  if (squares === 0) return { centre, slope: proportional, trust: 1 };
  const slope = (proportional * precision * variance + products) / (precision * variance + squares);
  const trust = Math.max(0, slope / proportional);
  return { centre, slope: trust * proportional, trust };
}

const meanOf = (items: readonly ValueSums[]): number => {
  const count = items.reduce((sum, one) => sum + one.count, 0);
  return count === 0 ? 0 : items.reduce((sum, one) => sum + one.sum, 0) / count;
};

/** Mean reward of an item's rewarded impressions, shrunk to that of all items; of one without any it is that. */
function measureSizes(rewards: ReadonlyMap<ItemId, ItemRewards>) {
  const sums = [...rewards]
    .filter(([, { rewarded }]) => rewarded > 0)
    .map(([item, { rewarded, rewardSum, rewardSquares }]) => {
      const size = { count: rewarded, sum: rewardSum, squares: rewardSquares };
      return [item, size] as const;
    });
  const all = sums.map(([, one]) => one);
  const mean = meanOf(all);
  const prior = priorValues(
    all.map((one) => ({ ...one, expected: mean })),
    varianceWithin(all),
  );
  const sizes = new Map(
    sums.map(([item, one]) => [item, shrinkMean({ ...one, expected: mean }, prior)]),
  );
  return { mean, of: (item: ItemId) => sizes.get(item) ?? mean };
}

function measureBehaviour(
  behaviour: BehaviourCounts | undefined,
  relative: RelativePopularity | undefined,
): Popularity {
  const items = relative ? [...behaviour!.users.keys()] : [];
  return {
    scores: new Map(items.map((item) => [item, relative!.of(item)])),
    mean: relative?.none ?? 0,
    ...(relative && { certainty: relative.certainty }),
  };
}

/**
 * Mean reward by item, beyond the reward of nothing: the share of its impressions that are rewarded, times their mean reward. Each is shrunk to
 * the expected one by itself (`shrunk-means.ts`): fewer impressions show a rate than a mean of rare and large rewards
 * (docs/decisions/0111). The expected rate is that of all items, or follows the item's popularity in the behaviour before the first
 * decision, if that is more than chance. Without rewards the scores are that popularity.
 */
export function measurePopularity(
  rewards: ReadonlyMap<ItemId, ItemRewards>,
  behaviour?: BehaviourCounts,
): Popularity {
  const relative = behaviour && relativePopularity(behaviour);
  if (rewards.size === 0) return measureBehaviour(behaviour, relative);
  const rates = new Map(
    [...rewards].map(([item, { impressions, rewarded }]) => {
      const rate = { count: impressions, sum: rewarded, squares: rewarded };
      return [item, rate] as const;
    }),
  );
  const all = [...rates.values()];
  const [mean, variance] = [meanOf(all), varianceWithin(all)];
  const sizes = measureSizes(rewards);
  const isTold = relative && sizes.mean > 0;
  const line = isTold ? fitLine(rates, relative, { mean, variance }) : undefined;
  const expect = (popularity: number) =>
    line ? mean + line.slope * (popularity - line.centre) : mean;
  const expectOf = (item: ItemId) => expect(relative?.of(item) ?? 1);
  const entries = [...rates].map(
    ([item, rate]) => [item, { ...rate, expected: expectOf(item) }] as const,
  );
  const prior = priorValues(
    entries.map(([, entry]) => entry),
    variance,
  );
  const scores = new Map<ItemId, number>();
  if (line)
    for (const item of behaviour!.users.keys()) scores.set(item, expectOf(item) * sizes.mean);
  for (const [item, entry] of entries) scores.set(item, shrinkMean(entry, prior) * sizes.of(item));
  return {
    scores,
    mean: expect(relative?.none ?? 1) * sizes.mean,
    ...(relative && line && { certainty: relative.certainty * Math.min(1, line.trust) }),
  };
}
