import type { Arm } from "../../../domain/decision.ts";
import { servesWithLoop } from "../../../domain/fast-loop.ts";
import { guardTestsOf } from "../../../domain/guard-metric.ts";
import { normaliseReward } from "../../../domain/reward-rule.ts";
import type { FeedbackRow } from "../../../learning/feedback-row.ts";
import {
  createNetworkFamily,
  type NetworkFamily,
  type NetworkImprovement,
} from "../../../learning/network-family.ts";
import { improve } from "../../../mpo/improve.ts";
import type { Fold } from "../../../mpo/judged-row.ts";
import { createRandom } from "../../../numeric/random.ts";
import type { Network } from "../../../policy/network.ts";
import { groundOf } from "../../../policy/network-ground.ts";
import { renewStart } from "../../../policy/popularity-network.ts";
import { type Replay, replayLoop } from "../../serving/fast-loop/replay-loop.ts";
import type { StageClock } from "../../stages/stage-clock.ts";
import type { Carried } from "./carried.ts";
import { cutOffOf, judgeAfter } from "./cut-off.ts";
import type { CycleOptions } from "./cycle-options.ts";
import type { CycleFeedback } from "./read-feedback.ts";

/** P(gain over renewed popularity) of a candidate that ends popularity's fast loop: docs/decisions/0102. */
const endingProbability = 0.9;

/** With the record of all users. */
export const replayOf =
  ({ store, whole = store, scenario, configuration }: CycleOptions): Replay =>
  (network, rows) =>
    replayLoop(network, rows, { store: whole, scenario, text: configuration.text });

/** Models on a network's encoder, which score policies as the scenario serves them. */
export function familyOn(options: CycleOptions, { encoder }: Network): NetworkFamily {
  const { configuration, scenario, threads } = options;
  const family = createNetworkFamily({
    mpo: configuration.learner.mpo,
    threads,
    discount: scenario.discount,
    encoder,
    defaultReward: normaliseReward(undefined, scenario.reward),
  });
  const { fastLoop, ads } = scenario;
  if (!fastLoop.enabled || ads) return family;
  const replay = replayOf(options);
  return {
    ...family,
    scoreServed: async (network, rows) => {
      const drawn = servesWithLoop(fastLoop, groundOf(network)) ? await replay(network, rows) : [];
      if (rows.length > 0 && rows.every((_, index) => drawn[index]))
        return drawn.flatMap((logs) => logs ?? []);
      const plain = await family.scorePolicy(network, rows);
      return plain.map((logs, index) => drawn[index] ?? logs);
    },
  };
}

/** The policy that serves after the review, and the rows that it is improved and judged on. */
interface ReviewedServing {
  readonly cycle: number;
  readonly feedback: CycleFeedback;
  readonly carried: Carried;
  readonly serving: Network;
  readonly arm: Arm;
  /** With log π of other policies. */
  readonly rows: readonly FeedbackRow[];
  /** Live rewards are worse than the baseline's. */
  readonly isBeaten: boolean;
}

/**
 * The serving policy's improvement with its gate, and the popularity that may take its place.
 * @param options.seed with the scenario's name and the cycle's number: all randomness
 */
export async function improveServing(
  options: CycleOptions,
  { cycle, feedback, carried, serving, arm, rows, isBeaten }: ReviewedServing,
  stages: StageClock,
): Promise<{
  readonly improvement: NetworkImprovement;
  readonly renew: ReturnType<typeof renewStart<Fold>>;
}> {
  const { scenario, configuration, seed } = options;
  const { mpo } = configuration.learner;
  const random = createRandom(seed).split(`${scenario.name}/${cycle}`);
  const renew = renewStart<Fold>(serving, {
    rewards: feedback.itemRewards,
    behaviour: feedback.behaviour,
    random: random.split("start"),
    slateSize: scenario.slateSize,
    maxCandidates: scenario.maxCandidates,
    isBeaten,
  });
  // A candidate that takes popularity's place ends its loop; elsewhere it has one of its own.
  const endsLoop = scenario.fastLoop.enabled === "on-popularity";
  const probability = endsLoop ? endingProbability : mpo.gate.canaryProbability;
  const improvement = await improve(familyOn(options, serving), {
    ...carried,
    serving,
    mpo,
    arm,
    stages,
    guards: guardTestsOf(scenario.guards),
    // A log tells its worth without budgets, which ration its ads as soon as it serves, and by posts that are gone then.
    ...(renew &&
      !scenario.ads &&
      !scenario.social && { renewedStart: { make: renew, probability } }),
    rows: judgeAfter(rows, cutOffOf(serving)),
    floor: scenario.exploration,
    random,
  });
  return { improvement, renew };
}
