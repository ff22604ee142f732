import type { RandomStream } from "../../numeric/random.ts";
import { type DrawnGains, drawGains } from "./draw-gains.ts";
import type { FastDecision } from "./fast-decision.ts";
import {
  centre,
  createBasis,
  createPairFeatures,
  type FeatureBasis,
  isAlikeForAll,
} from "./features.ts";
import { learnShown } from "./learn-shown.ts";
import {
  cloneLearnt,
  type LearningOptions,
  type Learnt,
  learnNothing,
  ownUser,
  priorsOf,
} from "./learnt.ts";
import { addReward, noRewards } from "./prior-strength.ts";

/**
 * To be raised by every change of learning or draws: its features, its priors, the order of events.
 */
export const modelVersion = 8;

/**
 * Model of the difference between rewards and the policy's predictions (the hybrid model of Li et
 * al. 2010). Its parts are a linear head on features of state and item, a linear residual for each
 * item and each user, all Bayesian, and a mean for each position. Each is fitted to the rest of the
 * others.
 */
export interface ResidualModel {
  /** False before its first block, which gives it its features. */
  readonly isReady: boolean;
  learn(block: readonly FastDecision[]): void;
  /** η of its predictions and draws, in shares of the reward range. */
  readonly temperature: number;
  /** Mean rest of the first position, which draws don't have in them; absent before its first event. */
  readonly level: number | undefined;
  /** One draw of the whole model. */
  draw(random: RandomStream, scale: number): DrawnGains;
  clone(): ResidualModel;
}

export interface ResidualModelOptions extends LearningOptions {
  /** η in standard deviations of a reward: an item promises η·(z − z̄) more than the policy's average choice. */
  readonly temperature: number;
}

/**
 * A change of tastes by Page's test (1954): shortfalls of rewards, in standard deviations, beyond an allowance for luck and for
 * the optimism of a choice by its own predictions, add up to the alarm. A fall of half a deviation sounds it after about two
 * hundred events; false alarms: docs/decisions/0032.
 */
const allowance = 0.1;
const alarm = 30;

function build(
  options: ResidualModelOptions,
  given: { readonly learnt: Learnt; readonly basis: FeatureBasis | undefined },
): ResidualModel {
  const { forgetting, temperature } = options;
  let { learnt, basis } = given;

  const readTemperature = () => temperature * Math.sqrt(learnt.head.noiseVariance());

  /** Starts anew if rewards have stayed below the predictions for longer than chance explains. */
  function watch(shortfall: number): void {
    learnt.disappointment = Math.max(0, learnt.disappointment + shortfall - allowance);
    if (learnt.disappointment > alarm) learnt = learnNothing(options, learnt.rewards);
  }

  function renewPriors(block: readonly FastDecision[], known: FeatureBasis): void {
    for (const { shown } of block)
      for (const { reward } of shown) learnt.rewards = addReward(learnt.rewards, reward);
    learnt.priors = priorsOf(options, learnt, isAlikeForAll(known));
    learnt.head.setPrior(learnt.priors.head);
  }

  return {
    get isReady() {
      return basis !== undefined;
    },
    learn: (block) => {
      if (block.length === 0) return;
      basis ??= createBasis(block.map(({ towers }) => towers));
      renewPriors(block, basis);
      for (const { userId, towers, shown } of block) {
        const describe = createPairFeatures(basis, towers.state);
        const user = ownUser(userId, learnt.priors);
        const advantages = centre(towers.logits);
        for (const item of shown) {
          const advantage = advantages[item.candidate]!;
          const x = describe(towers.items[item.candidate]!, advantage);
          const promise = readTemperature() * advantage;
          watch(learnShown(learnt, { item, user, x, promise }, forgetting));
        }
      }
    },
    get temperature() {
      return readTemperature();
    },
    get level() {
      return learnt.positions[0]?.mean;
    },
    draw: (random, scale) => {
      if (basis === undefined) throw new RangeError("it has learnt from no block yet");
      return drawGains(learnt, basis, { random, scale });
    },
    clone: () => build(options, { basis, learnt: cloneLearnt(learnt, options) }),
  };
}

/** @throws RangeError on an option out of range */
export const createResidualModel = (options: ResidualModelOptions): ResidualModel =>
  build(options, { learnt: learnNothing(options, noRewards), basis: undefined });
