import type { RandomStream } from "../../numeric/random.ts";
import { createBasis } from "./basis.ts";
import { type DrawnGains, drawGains } from "./draw-gains.ts";
import type { FastDecision } from "./fast-decision.ts";
import { createPairFeatures } from "./features.ts";
import { learnShown } from "./learn-shown.ts";
import {
  cloneLearnt,
  firstNoiseVariance,
  type LearningOptions,
  type Learnt,
  learnNothing,
  ownUser,
  priorsOf,
} from "./learnt.ts";
import { addReward, noRewards } from "./prior-strength.ts";
import { createShownLikeness } from "./shown-likeness.ts";
import { seeFirst } from "./states-seen.ts";
import { tellApart } from "./tell-apart.ts";

/**
 * To be raised by every change of learning or draws: its features, its priors, the order of events.
 */
export const modelVersion = 15;

/**
 * Model of the difference between rewards and the policy's predictions (the hybrid model of Li et
 * al. 2010). Its parts are a linear head on features of state and item, a linear residual for each
 * item and each user, weights of likeness, all Bayesian, and a mean for each position. Each is fitted
 * to the rest of the others.
 */
export interface ResidualModel {
  /** False before its first block, which gives it its features. */
  readonly isReady: boolean;
  /** @throws RangeError on an option out of range */
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

const begin = (options: ResidualModelOptions, block: readonly FastDecision[]): Learnt =>
  learnNothing(options, {
    basis: createBasis(block.map(({ towers }) => towers)),
    states: seeFirst(block[0]?.towers.state ?? new Float32Array()),
    rewards: noRewards,
    shownLikeness: createShownLikeness(),
  });

/** @param given of a clone. Default: it has learnt from no block yet */
export function createResidualModel(options: ResidualModelOptions, given?: Learnt): ResidualModel {
  const { forgetting, temperature } = options;
  let known = given;

  const temperatureOf = (learnt?: Learnt) =>
    temperature * Math.sqrt(learnt?.head.noiseVariance() ?? firstNoiseVariance);

  /** Starts anew if rewards have stayed below the predictions for longer than chance explains. */
  function watch(learnt: Learnt, shortfall: number): Learnt {
    learnt.disappointment = Math.max(0, learnt.disappointment + shortfall - allowance);
    return learnt.disappointment > alarm ? learnNothing(options, learnt) : learnt;
  }

  function renewPriors(learnt: Learnt, block: readonly FastDecision[]): void {
    for (const { shown } of block)
      for (const { reward } of shown) learnt.rewards = addReward(learnt.rewards, reward);
    learnt.priors = priorsOf(options, learnt);
    learnt.head.setPrior(learnt.priors.head);
  }

  function learnDecision(learnt: Learnt, { userId, towers, shown }: FastDecision): Learnt {
    const describe = createPairFeatures(learnt.basis, towers);
    if (towers.likeness) learnt.shownLikeness.addCandidates(towers.likeness);
    const user = ownUser(userId, learnt.priors);
    let renewed = learnt;
    for (const item of shown) {
      const x = describe(item.candidate);
      const promise = temperatureOf(renewed) * x.advantage;
      renewed = watch(renewed, learnShown(renewed, { item, user, x, promise }, forgetting));
    }
    return renewed;
  }

  return {
    get isReady() {
      return known !== undefined;
    },
    learn: (block) => {
      if (block.length === 0) return;
      known ??= begin(options, block);
      known = tellApart(options, known, block);
      renewPriors(known, block);
      for (const decision of block) known = learnDecision(known, decision);
    },
    get temperature() {
      return temperatureOf(known);
    },
    get level() {
      return known?.positions[0]?.mean;
    },
    draw: (random, scale) => {
      if (known === undefined) throw new RangeError("it has learnt from no block yet");
      return drawGains(known, { random, scale });
    },
    clone: () => createResidualModel(options, known && cloneLearnt(known, options)),
  };
}
