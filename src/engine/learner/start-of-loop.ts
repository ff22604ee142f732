import type { Scenario } from "../../domain/scenario.ts";
import { formatWhole } from "../../numeric/format.ts";
import { createRandom } from "../../numeric/random.ts";
import { meanOf } from "../../numeric/statistics.ts";
import type { BehaviourCounts } from "../../policy/behaviour-counts.ts";
import { measurePopularity } from "../../policy/measure-popularity.ts";
import { createNetwork, type Network } from "../../policy/network.ts";
import { initialNetwork, policyShape } from "../../policy/network-policy.ts";
import type { Popularity } from "../../policy/popularity.ts";
import { popularityNetwork } from "../../policy/popularity-network.ts";

/** What a loop serves, and compares with, before any reward. */
export interface Start {
  readonly network: Network;
  readonly baseline: Popularity;
  readonly reason: string;
  /** Of items by users, that popularity was counted from; 0 without. */
  readonly choices: number;
}

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

/**
 * The popularity in the behaviour so far, or, without any that is more than chance, a network that knows nothing: every candidate is as
 * likely. The fast loop of ads learns from the first visits on: it begins on one whose states tell the items that a user has liked.
 */
export function startOf(
  { ads, fastLoop, slateSize, maxCandidates }: Scenario,
  behaviour: BehaviourCounts,
): Start {
  const random = createRandom(0);
  const baseline = measurePopularity(new Map(), behaviour);
  if (ads && fastLoop.enabled) {
    const reason = "start of the loop: items like those that a user liked";
    return { network: createNetwork(policyShape, random), baseline, reason, choices: 0 };
  }
  if (gainOf(baseline, slateSize) < leastGain) {
    const reason = "start of the loop: every candidate is equally likely";
    return { network: initialNetwork(random), baseline, reason, choices: 0 };
  }
  const { items } = behaviour;
  const network = popularityNetwork(baseline, { slateSize, maxCandidates, random, items });
  const choices = countChoices(behaviour);
  const reason = `start of the loop: popularity by ${formatWhole(choices)} choices before the first decision`;
  return { network, baseline, reason, choices };
}
