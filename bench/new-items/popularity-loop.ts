import { readFeedback } from "../../src/engine/learner/cycle/read-feedback.ts";
import { createCatalogueAsOf } from "../../src/engine/state/catalogue-as-of.ts";
import { createSwitch } from "../../src/lab/closed-loop/policy-switch.ts";
import type { Strategy, StrategyOptions } from "../../src/lab/closed-loop/strategy.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { measurePopularity } from "../../src/policy/measure-popularity.ts";
import { initialNetwork, openNetworkPolicy } from "../../src/policy/network-policy.ts";
import { popularityNetwork } from "../../src/policy/popularity-network.ts";

/** The policy that serves a loop until another one is proven: popularity that tries other items too, renewed after each cycle. */
export async function createPopularityLoop(options: StrategyOptions): Promise<Strategy> {
  const { store, configuration, scenario, clock, seed } = options;
  const { policies, set } = createSwitch();
  const random = createRandom(seed).split("popularity");
  await set(await openNetworkPolicy(initialNetwork(random)));
  const { maxDecisions } = configuration.learner;
  const update = async () => {
    const { itemRewards, behaviour } = await readFeedback({
      store,
      scenario,
      now: clock(),
      previous: 0,
      cycle: 0,
      catalogueAsOf: createCatalogueAsOf(store.items, configuration.text),
      plan: { read: maxDecisions, decisions: maxDecisions, cells: Number.POSITIVE_INFINITY },
    });
    const { slateSize, maxCandidates } = scenario;
    const start = { slateSize, maxCandidates, random, items: behaviour.items };
    await set(
      await openNetworkPolicy(
        popularityNetwork(measurePopularity(itemRewards(), behaviour), start),
      ),
    );
    return "renewed";
  };
  return { policies, update };
}
