import { normaliseReward } from "../../../src/domain/reward-rule.ts";
import { knowLogging, loadCarried, loadServed } from "../../../src/engine/learner/cycle/carried.ts";
import {
  type CycleFeedback,
  readFeedback,
} from "../../../src/engine/learner/cycle/read-feedback.ts";
import { createCatalogueAsOf } from "../../../src/engine/state/catalogue-as-of.ts";
import type { StrategyOptions } from "../../../src/lab/closed-loop/strategy.ts";
import {
  createNetworkFamily,
  type NetworkFamily,
  type NetworkImprovement,
} from "../../../src/learning/network-family.ts";
import { improve } from "../../../src/mpo/improve.ts";
import type { MetaPolicyInput } from "../../../src/mpo/meta-policy.ts";
import { shippedPrior } from "../../../src/mpo/meta-prior.ts";
import { createRandom } from "../../../src/numeric/random.ts";
import type { Network } from "../../../src/policy/network.ts";
import { halves } from "./candidates.ts";
import type { LogPart } from "./fresh-log.ts";
import { type WatchedModels, watchFamily } from "./watched-family.ts";

/** One improvement of the product, with all that it made on the way. */
export interface WatchedImprovement {
  readonly family: NetworkFamily;
  readonly models: WatchedModels;
  readonly serving: Network;
  readonly feedback: CycleFeedback;
  readonly improvement: NetworkImprovement;
  /** The log, by halves. */
  readonly parts: readonly LogPart[];
  readonly meta: MetaPolicyInput;
}

/** The feedback since an event number, and the product's improvement on it, which nothing publishes. */
export async function improveWatched(
  { store, configuration, scenario, clock, seed, threads }: StrategyOptions,
  { previous, cycle }: { readonly previous: number; readonly cycle: number },
): Promise<WatchedImprovement> {
  const { mpo, maxDecisions } = configuration.learner;
  const feedback = await readFeedback({
    store,
    scenario,
    previous,
    cycle,
    now: clock(),
    catalogueAsOf: createCatalogueAsOf(store.items, configuration.text),
    plan: { read: maxDecisions, decisions: maxDecisions, cells: Number.POSITIVE_INFINITY },
  });
  const { serving: version = 0 } = await store.policies.assignment(scenario.name);
  const serving = await loadServed(store, version);
  if (serving === undefined) throw new RangeError(`nothing serves in scenario ${scenario.name}`);
  const { family, models } = watchFamily(
    createNetworkFamily({
      mpo,
      threads,
      discount: scenario.discount,
      defaultReward: normaliseReward(undefined, scenario.reward),
    }),
  );
  const carried = await loadCarried(store, scenario.name);
  const improvement = await improve(family, {
    ...carried,
    serving,
    mpo,
    arm: "serving",
    floor: scenario.exploration,
    rows: await knowLogging(feedback.rows, { store, family }, { version, arm: "serving" }),
    random: createRandom(seed).split(`${scenario.name}/${cycle}`),
  });
  const parts: LogPart[] = [];
  for (const [index, half] of halves.entries()) {
    const part = improvement.parts[index]!;
    const rows = part.rows.map(({ row }) => row);
    const candidateLogs = await family.scorePolicy(models.moved.get(half)!, rows);
    parts.push({ ...part, candidateLogs });
  }
  const meta = { state: carried.meta, prior: shippedPrior, context: improvement.context, mpo };
  return { family, models, serving, feedback, improvement, parts, meta };
}
