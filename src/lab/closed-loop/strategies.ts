import { normaliseReward } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { CatalogueVisit, World } from "../../domain/world.ts";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import { readFeedback } from "../../engine/learner/cycle/read-feedback.ts";
import { runCycle } from "../../engine/learner/cycle/run-cycle.ts";
import type { ServingPolicies } from "../../engine/serving/serving-policies.ts";
import { createCatalogueAsOf } from "../../engine/state/catalogue-as-of.ts";
import { createCritic, trainCritic } from "../../learning/critic.ts";
import type { FeedbackRow } from "../../learning/feedback-row.ts";
import { createRandom } from "../../numeric/random.ts";
import type { Network } from "../../policy/network.ts";
import type { Policy } from "../../policy/policy.ts";
import {
  encodePopularity,
  greedyLogits,
  loadPopularityPolicy,
  measurePopularity,
} from "../../policy/popularity.ts";
import { decodeTensors } from "../../policy/snapshot.ts";
import type { Store } from "../../storage/store.ts";
import { createNightly, createRankerLoop } from "./behaviour-loops.ts";
import { createSwitch } from "./policy-switch.ts";
import { createRewardPolicy } from "./reward-policy.ts";

/**
 * MPO and the loops for comparison; all read the same kind of log and serve through the same
 * engine.
 */
export const strategyNames = ["mpo", "popularity", "epsilon-greedy", "softmax"] as const;
/**
 * Loops that start with a policy trained on behaviour: MPO, that policy for ever, the same trained anew after each
 * cycle, and two counts of behaviour.
 */
export const trainedStrategyNames = [
  "mpo",
  "frozen",
  "nightly",
  "most-consumed",
  "markov",
] as const;
/** `mpo+fast` is MPO with the fast loop between its cycles, `fast` that loop without any cycle. */
export type StrategyName =
  | (typeof strategyNames)[number]
  | (typeof trainedStrategyNames)[number]
  | "mpo+fast"
  | "fast";

export interface StrategyOptions {
  readonly world: World<CatalogueVisit>;
  readonly store: Store;
  readonly configuration: Configuration;
  readonly scenario: Scenario;
  readonly clock: () => number;
  readonly seed: number;
  readonly threads: number;
}

export interface Strategy {
  /** The serving policies, if they are not the snapshots of the store. */
  readonly policies?: ServingPolicies;
  /** Learns from the log; returns the outcome in a word. */
  update(): Promise<string>;
}

/** Temperature of the fixed softmax on the reward model, in shares of the reward range. */
const softmaxTemperature = 0.03;

/** Every row of the log trains, of any fold: these loops judge nothing. */
function readAll({ store, configuration, scenario, clock }: StrategyOptions, previous: number) {
  const { maxDecisions } = configuration.learner;
  return readFeedback({
    store,
    catalogueAsOf: createCatalogueAsOf(store.items, configuration.text),
    scenario,
    now: clock(),
    plan: { read: maxDecisions, decisions: maxDecisions, cells: Number.POSITIVE_INFINITY },
    previous,
    cycle: 0,
  });
}

const uniform: Policy = {
  kind: "network",
  logits: async (_, candidates) => new Float64Array(candidates.length),
  close: async () => {},
};

async function createPopularity(options: StrategyOptions): Promise<Strategy> {
  const { policies, set } = createSwitch();
  await set(uniform);
  const update = async () => {
    const { itemRewards } = await readAll(options, 0);
    await set(
      loadPopularityPolicy(decodeTensors(encodePopularity(measurePopularity(itemRewards)))),
    );
    return "refreshed";
  };
  return { policies, update };
}

const withoutPolicy = (row: FeedbackRow) => ({
  ...row,
  policy: new Float64Array(row.candidates.length),
});

async function createRewardModelLoop(
  options: StrategyOptions,
  toLogits: (values: Float64Array) => Float64Array,
): Promise<Strategy> {
  const { policies, set } = createSwitch();
  await set(uniform);
  const random = createRandom(options.seed).split("reward-model");
  let network: Network = createCritic(random.split("critic"));
  let round = 0;
  let previous = 0;
  const update = async () => {
    const { rows, throughSequence } = await readAll(options, previous);
    previous = throughSequence;
    const stream = random.split(round++);
    const training = await trainCritic({
      network,
      rows: rows.map(withoutPolicy),
      defaultReward: normaliseReward(undefined, options.scenario.reward),
      random: stream,
      threads: options.threads,
    });
    network = training.network;
    await set(await createRewardPolicy(network, toLogits));
    return "retrained";
  };
  return { policies, update };
}

export function createStrategy(name: StrategyName, options: StrategyOptions): Promise<Strategy> {
  switch (name) {
    case "mpo":
    case "mpo+fast":
      return Promise.resolve({
        update: async () => (await runCycle(options))?.outcome ?? "skipped",
      });
    case "fast":
    case "frozen":
      return Promise.resolve({ update: async () => "stands still" });
    case "nightly":
      return createNightly(options);
    case "most-consumed":
    case "markov":
      return createRankerLoop(name, options);
    case "popularity":
      return createPopularity(options);
    case "epsilon-greedy":
      return createRewardModelLoop(options, (values) => greedyLogits([...values]));
    case "softmax":
      return createRewardModelLoop(options, (values) =>
        values.map((value) => value / softmaxTemperature),
      );
    default:
      throw new RangeError(`no strategy ${String(name satisfies never)}`);
  }
}
