import type { ItemId } from "../../domain/ids.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { formatWhole } from "../../numeric/format.ts";
import { createRandom } from "../../numeric/random.ts";
import { meanOf } from "../../numeric/statistics.ts";
import type { BehaviourCounts } from "../../policy/behaviour-counts.ts";
import type { ItemRewards } from "../../policy/item-rewards.ts";
import { measurePopularity } from "../../policy/measure-popularity.ts";
import { createNetwork, type Network } from "../../policy/network.ts";
import { initialNetwork, policyShape } from "../../policy/network-policy.ts";
import type { Popularity } from "../../policy/popularity.ts";
import { popularityNetwork } from "../../policy/popularity-network.ts";

/** Decisions before the first cycle, which a start may be counted from. */
export interface SlatesOfStart {
  /** Closed. */
  readonly decisions: number;
  readonly rewards: ReadonlyMap<ItemId, ItemRewards>;
}

/** What a loop serves, and compares with, before its first cycle. */
export interface Start {
  readonly network: Network;
  readonly baseline: Popularity;
  readonly reason: string;
  /** Of items by users, before the first decision, that popularity was counted from; 0 without. */
  readonly choices: number;
  /** Closed, that popularity was counted from; 0 without. */
  readonly decisions: number;
}

/** Twice the choices or decisions that a start was counted from renew it: few versions, whatever the parts that they come in. */
export const renewedAt = 2;

/**
 * Popularity starts a loop if its best slate is expected to earn twice as much as chance, or more. Below, a cycle of chance costs less than half
 * of its reward, and proves the most about other policies.
 */
const leastGain = 2;

/** Expected reward of the best slate, by that of the mean item. */
function gainOf({ scores }: Popularity, slateSize: number): number {
  const best = Float64Array.from(scores.values()).sort().reverse().slice(0, slateSize);
  return best.length === 0 ? 1 : meanOf(best);
}

const countChoices = ({ users }: BehaviourCounts): number =>
  [...users.values()].reduce((sum, one) => sum + one, 0);

const tellCounts = (choices: number, decisions: number): string => {
  const [chosen, decided] = [choices, decisions].map(formatWhole);
  if (decisions === 0) return `${chosen} choices before the first decision`;
  const slates = `${decided} decisions, whose rewards are rare`;
  return choices === 0 ? slates : `${slates}, and ${chosen} choices before the first of them`;
};

/**
 * The popularity in slates, if there are any, and in the behaviour before them. Without slates, and any behaviour that is more than chance, a
 * network that knows nothing: every candidate is as likely. The fast loop of ads learns from the first visits on: it begins on one whose states tell the items that a user has liked.
 */
export function startOf(
  { ads, fastLoop, slateSize, maxCandidates }: Scenario,
  behaviour: BehaviourCounts,
  slates?: SlatesOfStart,
): Start {
  const random = createRandom(0);
  const baseline = measurePopularity(slates?.rewards ?? new Map(), behaviour);
  const nothing = { baseline, choices: 0, decisions: 0 };
  if (ads && fastLoop.enabled) {
    const reason = "start of the loop: items like those that a user liked";
    return { ...nothing, network: createNetwork(policyShape, random), reason };
  }
  if (slates === undefined && gainOf(baseline, slateSize) < leastGain) {
    const reason = "start of the loop: every candidate is equally likely";
    return { ...nothing, network: initialNetwork(random), reason };
  }
  const { items } = behaviour;
  const network = popularityNetwork(baseline, { slateSize, maxCandidates, random, items });
  const choices = countChoices(behaviour);
  const decisions = slates?.decisions ?? 0;
  const reason = `start of the loop: popularity by ${tellCounts(choices, decisions)}`;
  return { network, baseline, reason, choices, decisions };
}
