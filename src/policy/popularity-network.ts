import type { RandomStream } from "../numeric/random.ts";
import { meanOf } from "../numeric/statistics.ts";
import type { BehaviourCounts } from "./behaviour-counts.ts";
import type { RewardsByItem } from "./item-rewards.ts";
import { measurePopularity } from "./measure-popularity.ts";
import { growNetwork, type Network } from "./network.ts";
import { isUntrained } from "./network-ground.ts";
import { initialNetwork } from "./network-policy.ts";
import type { Popularity } from "./popularity.ts";
import { sampleSlate } from "./slate.ts";

/** Share of the best slate's gain over the mean item that is spent on other items, as far as behaviour does not tell the items apart. */
const spentGain = 0.1;
const steepest = 256;
const bisections = 20;
/** Whatever a slate's size, so that the kept gain is known to about one hundredth. */
const itemsDrawn = 640;

interface Draws {
  /** At most the number of gains. */
  readonly slateSize: number;
  readonly random: RandomStream;
}

/** Mean gain of an item in a slate drawn with logits κ·gain; the same luck for every κ. */
function sampledGain(gains: Float64Array, steepness: number, draws: Draws): number {
  const { slateSize, random } = draws;
  const logits = gains.map((gain) => steepness * gain);
  const slates = Math.ceil(itemsDrawn / slateSize);
  let sum = 0;
  for (let slate = 0; slate < slates; slate++) {
    const { order } = sampleSlate({
      logits,
      slateSize,
      exploration: 0,
      random: random.split(`slate/${slate}`),
    });
    for (const index of order) sum += gains[index]!;
  }
  return sum / slates / slateSize;
}

interface StartOptions {
  /** At least 1. */
  readonly slateSize: number;
  /** Of more items the best, as a decision has them. */
  readonly maxCandidates: number;
  /** Number of items of the catalogue; those without a score have the mean. Default: none are. */
  readonly items?: number;
  readonly random: RandomStream;
}

/** The smallest κ that keeps a share of the gain. */
function solveSteepness(gains: Float64Array, kept: number, draws: Draws): number {
  let [low, high] = [0, steepest];
  for (let step = 0; step < bisections; step++) {
    const middle = (low + high) / 2;
    if (sampledGain(gains, middle, draws) < kept) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The popularity baseline as a policy that tries other items too: z_a = κ·(score_a − mean)/(best − mean), the same for every
 * user, with `best` the mean of the best slate. It serves until a trained policy is proven better, and a trained one starts from it
 * (docs/decisions/0057).
 * @param popularity an item without a score has the mean
 */
export function popularityNetwork(
  { scores, mean, certainty = 0 }: Popularity,
  { slateSize, maxCandidates, items = 0, random }: StartOptions,
): Network {
  const network = growNetwork(initialNetwork(random), scores.keys(), random.split("grow"));
  const unscored = Math.min(maxCandidates, Math.max(0, items - scores.size));
  const all = [...scores.values(), ...new Float64Array(unscored).fill(mean)];
  const best = Float64Array.from(all).sort().reverse().slice(0, maxCandidates);
  const size = Math.min(slateSize, best.length);
  const unit = meanOf(best.slice(0, size)) - mean;
  if (!(unit > 0)) return network;
  const gains = best.map((score) => (score - mean) / unit);
  const kept = 1 - spentGain * (1 - certainty);
  const draws = { slateSize: size, random: random.split("slates") };
  const steepness = solveSteepness(gains, kept, draws);
  const itemBias = Float32Array.from(
    network.itemIds,
    (item) => (steepness * ((scores.get(item) ?? mean) - mean)) / unit,
  );
  return { ...network, parameters: { ...network.parameters, itemBias } };
}

/**
 * Popularity in the place of a policy that is alike for all users, or that popularity beats; undefined in the place of any other.
 * @param options.rewards by item, of all feedback so far, or without the new feedback of a half
 * @returns of all feedback, or without that half, which then judges it
 */
export function renewStart<Half>(
  serving: Network,
  {
    rewards,
    behaviour,
    isBeaten,
    ...options
  }: StartOptions & {
    readonly rewards: (without?: Half) => RewardsByItem;
    readonly behaviour?: BehaviourCounts;
    readonly isBeaten: boolean;
  },
): ((without?: Half) => Network) | undefined {
  if (!isBeaten && !isUntrained(serving)) return undefined;
  const start = { ...options, ...(behaviour && { items: behaviour.items }) };
  return (without) => popularityNetwork(measurePopularity(rewards(without), behaviour), start);
}
