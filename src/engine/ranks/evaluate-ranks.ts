import type { Decision, Feedback } from "../../domain/decision.ts";
import { hourMs } from "../../domain/durations.ts";
import { EngineError } from "../../domain/errors.ts";
import { settleReward } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { Store } from "../../storage/store.ts";

/** Sums of a policy over logged decisions of one place, each with weight w = π/p and reward r. */
export interface PolicySums {
  readonly decisions: number;
  /** Σ w·r. */
  readonly weightedRewards: number;
  /** Σ w. */
  readonly weights: number;
  /** Σ (w·r)². */
  readonly squares: number;
  /** Decisions with w > 0. */
  readonly supported: number;
}

/** `online` served. `baseline` takes the caller's first action, `random` any. */
export const rankPolicies = ["online", "baseline", "random"] as const;
export type RankPolicy = (typeof rankPolicies)[number];

export interface RankEvaluation {
  readonly total: Readonly<Record<RankPolicy, PolicySums>>;
  /** By hour, oldest first, with its start in milliseconds since 1970. */
  readonly hours: readonly (readonly [number, Readonly<Record<RankPolicy, PolicySums>>])[];
}

const pageSize = 1000;
/** Decisions of one evaluation, and of all scenarios in its time. */
const mostDecisions = 100_000;

const nothing: PolicySums = {
  decisions: 0,
  weightedRewards: 0,
  weights: 0,
  squares: 0,
  supported: 0,
};
const nothings = { online: nothing, baseline: nothing, random: nothing };

/** π/p of each policy for the logged choice (inverse propensity, Horvitz & Thompson 1952). */
function weigh({ candidates, slate, positionPropensities }: Decision): Record<RankPolicy, number> {
  const [propensity = Number.NaN] = positionPropensities;
  const isBaseline = candidates[0]?.itemId === slate[0];
  return {
    online: 1,
    baseline: isBaseline ? 1 / propensity : 0,
    random: 1 / candidates.length / propensity,
  };
}

const addTo = (sums: PolicySums, weight: number, reward: number): PolicySums => ({
  decisions: sums.decisions + 1,
  weightedRewards: sums.weightedRewards + weight * reward,
  weights: sums.weights + weight,
  squares: sums.squares + (weight * reward) ** 2,
  supported: sums.supported + (weight > 0 ? 1 : 0),
});

function addAll(
  sums: Readonly<Record<RankPolicy, PolicySums>>,
  weights: Readonly<Record<RankPolicy, number>>,
  reward: number,
): Readonly<Record<RankPolicy, PolicySums>> {
  return {
    online: addTo(sums.online, weights.online, reward),
    baseline: addTo(sums.baseline, weights.baseline, reward),
    random: addTo(sums.random, weights.random, reward),
  };
}

/** Closed decisions of a scenario in a span of time, a page in memory at a time. */
async function* scanClosed(
  store: Store,
  scenario: string,
  span: { readonly from: number; readonly to: number; readonly asOf: number; readonly now: number },
): AsyncGenerator<Feedback> {
  let after = 0;
  for (;;) {
    const page = await store.decisions.scan({ ...span, after, limit: pageSize });
    for (const feedback of page) {
      const { decision } = feedback;
      if (decision.scenario === scenario && decision.expiresAt <= span.now) yield feedback;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.sequence;
  }
}

/**
 * Rewards of the policies on the decisions made in [from, to) that have closed; undefined without any.
 * @throws payload_too_large if there are more than 100,000 decisions in that time
 */
export async function evaluateRanks(
  store: Store,
  scenario: Scenario,
  span: { readonly from: number; readonly to: number; readonly now: number },
): Promise<RankEvaluation | undefined> {
  const asOf = await store.sequence();
  const { count } = await store.decisions.span({ ...span, asOf });
  if (count > mostDecisions) {
    const message = `${count} decisions are more than ${mostDecisions}; evaluate a shorter time`;
    throw new EngineError("payload_too_large", message, { details: { decisions: count } });
  }
  const hours = new Map<number, Readonly<Record<RankPolicy, PolicySums>>>();
  let total: Readonly<Record<RankPolicy, PolicySums>> = nothings;
  for await (const { decision, rewards } of scanClosed(store, scenario.name, { ...span, asOf })) {
    const reward = settleReward(rewards[0], decision.rewardRule ?? scenario.reward);
    const weights = weigh(decision);
    const hour = decision.decidedAt - (decision.decidedAt % hourMs);
    hours.set(hour, addAll(hours.get(hour) ?? nothings, weights, reward));
    total = addAll(total, weights, reward);
  }
  return hours.size === 0 ? undefined : { total, hours: [...hours] };
}
