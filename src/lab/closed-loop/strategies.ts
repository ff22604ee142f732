import type { Cycle } from "../../domain/cycle.ts";
import { normaliseReward } from "../../domain/reward-rule.ts";
import {
  type EncoderOptions,
  learnEncoder,
  renewEncoder,
} from "../../engine/encoder/learn-encoder.ts";
import { intervene } from "../../engine/interventions/intervene.ts";
import { loadServed } from "../../engine/learner/cycle/carried.ts";
import { runCycle } from "../../engine/learner/cycle/run-cycle.ts";
import { ensurePolicies } from "../../engine/learner/promote.ts";
import { trainCritic } from "../../learning/critic.ts";
import { createCritic } from "../../learning/critic-shape.ts";
import type { FeedbackRow } from "../../learning/feedback-row.ts";
import { createRandom } from "../../numeric/random.ts";
import type { Network } from "../../policy/network.ts";
import { greedyLogits } from "../../policy/popularity.ts";
import { createNightly, createRankerLoop } from "./behaviour-loops.ts";
import { createRecency, createTrending } from "./feed-loops.ts";
import { createSwitch } from "./policy-switch.ts";
import { createPopularity, renewPopularity, uniform } from "./popularity-loops.ts";
import { readLog } from "./read-log.ts";
import { createRewardPolicy } from "./reward-policy.ts";
import type { Strategy, StrategyName, StrategyOptions } from "./strategy.ts";
import { greedyBidWeight } from "./world-configuration.ts";

/** Temperature of the fixed softmax on the reward model, in shares of the reward range. */
const softmaxTemperature = 0.03;

const withoutPolicy = (row: FeedbackRow) => ({
  ...row,
  policy: new Float64Array(row.candidates.length),
});

/** Probabilities below it are those of nothing. */
const leastChance = 1e-4;

/** Whether the outcome came that the campaign pays for, instead of its price. */
const toOutcome = (row: FeedbackRow): FeedbackRow => ({ ...row, reward: row.reward > 0 ? 1 : 0 });

async function createRewardModelLoop(
  options: StrategyOptions & { readonly toReward?: (row: FeedbackRow) => FeedbackRow },
  toLogits: (values: Float64Array) => Float64Array,
): Promise<Strategy> {
  const { toReward = (row: FeedbackRow) => row } = options;
  const { policies, set } = createSwitch();
  await set(uniform);
  const random = createRandom(options.seed).split("reward-model");
  let network: Network = createCritic(random.split("critic"));
  let round = 0;
  let previous = 0;
  const update = async () => {
    const { rows, throughSequence } = await readLog(options, previous);
    previous = throughSequence;
    const stream = random.split(round++);
    const training = await trainCritic({
      network,
      rows: rows.map(toReward).map(withoutPolicy),
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

/**
 * A policy that foresees better on its new encoder serves at once, by an operator's word: a cycle's
 * visits decide no canary.
 */
async function renew(options: EncoderOptions, { throughSequence }: Cycle): Promise<string> {
  const { store, scenario, clock } = options;
  const { name } = scenario;
  const renewed = await renewEncoder(options, throughSequence);
  const { outcome, candidateVersion: version } = renewed ?? { outcome: "skipped" };
  if (outcome !== "canary" || version === undefined) return "the encoder stays";
  const scene = { store, scenario: name, now: clock() };
  await intervene(scene, { scenario: name, kind: "pin", version });
  await intervene(scene, { scenario: name, kind: "resume" });
  return "a new encoder";
}

/**
 * A cycle. If the serving policy stands on an encoder, that learns on as nightly training does. If not, a first one is trained and tried as
 * soon as the cycle asks for it: the learner does the same.
 */
async function learn(options: StrategyOptions): Promise<string> {
  const { store, scenario } = options;
  const cycle = await runCycle(options);
  if (cycle === undefined) return "skipped";
  const { serving = 0 } = await store.policies.assignment(scenario.name);
  const isOnEncoder = (await loadServed(store, serving))?.encoder !== undefined;
  const quiet = { ...options, onProgress: () => {} };
  if (isOnEncoder) return `${cycle.outcome}, ${await renew(quiet, cycle)}`;
  const first = await learnEncoder(quiet);
  return first ? `${cycle.outcome}, a first encoder: ${first.outcome}` : cycle.outcome;
}

/** As the learner looks at a loop without feedback. */
const begin = ({ store, configuration, clock }: StrategyOptions) =>
  ensurePolicies({ store, configuration, now: clock() });

export function createStrategy(name: StrategyName, options: StrategyOptions): Promise<Strategy> {
  switch (name) {
    case "mpo":
    case "mpo-no-boost":
    case "mpo-no-loop":
    case "mpo+fast":
      return Promise.resolve({ begin: () => begin(options), update: () => learn(options) });
    case "fast":
    case "frozen":
      return Promise.resolve({ begin: () => begin(options), update: async () => "stands still" });
    case "nightly":
      return createNightly(options);
    case "most-consumed":
    case "markov":
      return createRankerLoop(name, options);
    case "recency":
      return createRecency();
    case "trending":
      return createTrending(options);
    case "popularity":
      return createPopularity(options);
    case "renewed":
      return Promise.resolve({
        begin: () => begin(options),
        update: () => renewPopularity(options),
      });
    case "epsilon-greedy":
      return createRewardModelLoop(options, (values) => greedyLogits([...values]));
    case "greedy-bid":
      return createRewardModelLoop({ ...options, toReward: toOutcome }, (values) =>
        values.map((value) => greedyBidWeight * Math.log(Math.max(leastChance, value))),
      );
    case "softmax":
      return createRewardModelLoop(options, (values) =>
        values.map((value) => value / softmaxTemperature),
      );
    default:
      throw new RangeError(`no strategy ${String(name satisfies never)}`);
  }
}
