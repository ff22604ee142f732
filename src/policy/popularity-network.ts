import type { ItemId } from "../domain/ids.ts";
import type { RandomStream } from "../numeric/random.ts";
import { meanOf } from "../numeric/statistics.ts";
import { growNetwork, type Network } from "./network.ts";
import { initialNetwork } from "./network-policy.ts";
import { type ItemRewards, measurePopularity, type Popularity } from "./popularity.ts";

/** Share of the best items' gain over the mean item that a sampled first position keeps: the rest is spent on other items. */
const keptGain = 0.9;
const steepest = 64;
const bisections = 30;

/** Σ_a π_a·gain_a with π ∝ exp(κ·gain). */
function sampledGain(gains: Float64Array, steepness: number): number {
  let [sum, total] = [0, 0];
  for (let a = 0; a < gains.length; a++) {
    const weight = Math.exp(steepness * gains[a]!);
    sum += weight * gains[a]!;
    total += weight;
  }
  return sum / total;
}

/** The smallest κ that keeps the gain. */
function solveSteepness(gains: Float64Array): number {
  let [low, high] = [0, steepest];
  for (let step = 0; step < bisections; step++) {
    const middle = (low + high) / 2;
    if (sampledGain(gains, middle) < keptGain) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The popularity baseline as a policy that tries other items too: z_a = κ·(score_a − mean)/(best − mean), the same for every
 * user, with `best` the mean of the best slate. It serves until a trained policy is proven better, and a trained one starts from it
 * (docs/decisions/0057).
 * @param popularity an item without a score has the mean
 * @param options.slateSize positions of a slate, at least 1
 */
export function popularityNetwork(
  { scores, mean }: Popularity,
  { slateSize, random }: { readonly slateSize: number; readonly random: RandomStream },
): Network {
  const network = growNetwork(initialNetwork(random), scores.keys(), random.split("grow"));
  const values = Float64Array.from(scores.values()).sort().reverse();
  const unit = meanOf(values.slice(0, slateSize)) - mean;
  if (!(unit > 0)) return network;
  const steepness = solveSteepness(values.map((score) => (score - mean) / unit));
  const itemBias = Float32Array.from(
    network.itemIds,
    (item) => (steepness * ((scores.get(item) ?? mean) - mean)) / unit,
  );
  return { ...network, parameters: { ...network.parameters, itemBias } };
}

/** Whether every item is as likely as the others, for every user. */
export const isUniform = (network: Network): boolean =>
  isUntrained(network) && network.parameters.itemBias!.every((bias) => bias === 0);

/** Whether a policy is alike for all users: no state has a part in its scores yet. */
export const isUntrained = ({ parameters }: Network): boolean =>
  parameters.stateWeights!.every((weight) => weight === 0);

/**
 * Popularity in the place of a policy that is alike for all users, or that popularity beats; undefined in the place of any other.
 * @param options.rewards by item, of all feedback so far
 */
export const renewStart = (
  serving: Network,
  {
    rewards,
    isBeaten,
    ...options
  }: Parameters<typeof popularityNetwork>[1] & {
    readonly rewards: ReadonlyMap<ItemId, ItemRewards>;
    readonly isBeaten: boolean;
  },
): Network | undefined =>
  isBeaten || isUntrained(serving)
    ? popularityNetwork(measurePopularity(rewards), options)
    : undefined;
