import { publishStart } from "../../engine/learner/promote.ts";
import { createRandom } from "../../numeric/random.ts";
import { measurePopularity } from "../../policy/measure-popularity.ts";
import type { Policy } from "../../policy/policy.ts";
import { encodePopularity, loadPopularityPolicy } from "../../policy/popularity.ts";
import { popularityNetwork } from "../../policy/popularity-network.ts";
import { decodeTensors } from "../../policy/snapshot.ts";
import { createSwitch } from "./policy-switch.ts";
import { readLog } from "./read-log.ts";
import type { Strategy, StrategyOptions } from "./strategy.ts";

/** From the whole log, and the behaviour before it. */
async function countAll(options: StrategyOptions) {
  const { itemRewards, behaviour, decisions } = await readLog(options, 0);
  return { popularity: measurePopularity(itemRewards(), behaviour), behaviour, decisions };
}

export const uniform: Policy = {
  kind: "network",
  logits: async (_, candidates) => new Float64Array(candidates.length),
  close: async () => {},
};

/** The best by popularity, counted anew after each cycle. */
export async function createPopularity(options: StrategyOptions): Promise<Strategy> {
  const { policies, set } = createSwitch();
  await set(uniform);
  const update = async () => {
    const { popularity } = await countAll(options);
    await set(loadPopularityPolicy(decodeTensors(encodePopularity(popularity))));
    return "refreshed";
  };
  return { policies, begin: update, update };
}

/** Popularity as MPO renews it after a cycle without a promotion, with the fast loop on it: MPO without its training. */
export async function renewPopularity(options: StrategyOptions): Promise<string> {
  const { store, scenario, seed, clock } = options;
  const { name, slateSize, maxCandidates } = scenario;
  const { popularity, behaviour, decisions } = await countAll(options);
  const network = popularityNetwork(popularity, {
    slateSize,
    maxCandidates,
    items: behaviour.items,
    random: createRandom(seed).split(`renewed/${decisions}`),
  });
  const replaces = await store.policies.assignment(name);
  const start = { network, baseline: popularity, reason: "renewed", choices: decisions };
  await publishStart({ store, now: clock() }, name, { replaces, start });
  return "renewed";
}
