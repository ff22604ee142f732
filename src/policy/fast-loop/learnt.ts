import type { UserId } from "../../domain/ids.ts";
import { likenessWidth } from "../likeness.ts";
import { type FeatureBasis, isAlikeForAll } from "./basis.ts";
import { evidentPriors, guessPriors, type Priors, usualPriors } from "./evident-priors.ts";
import type { ItemOfModel } from "./fast-decision.ts";
import { countFeatures } from "./features.ts";
import { createHead, type HeadOptions, type MixedHead } from "./mixed-head.ts";
import { createOwnResiduals, type Owner, type OwnResiduals } from "./own-residuals.ts";
import type { RewardMoments } from "./prior-strength.ts";
import type { ShownLikeness } from "./shown-likeness.ts";
import { copyStates, type StatesSeen } from "./states-seen.ts";

export interface LearningOptions {
  /** Factor on the weight of earlier events at each shown item, in (0, 1]. */
  readonly forgetting: number;
  /** Standard deviation of a prediction before any event, at most, in mean rewards; where a policy is alike for all users, events then tell the widths. Default: the usual priors, whatever the rewards. */
  readonly widest?: number;
}

/** That of a reward that is 0 or 1 equally often; tens of events show the true one. */
export const firstNoiseVariance = 0.25;

export interface PositionMean {
  readonly mean: number;
  readonly events: number;
}

/** Learnt state of a residual model, dropped when tastes have changed. */
export interface Learnt {
  readonly basis: FeatureBasis;
  /** As long as no state has a part in the features. */
  readonly states: StatesSeen;
  readonly head: MixedHead;
  readonly items: OwnResiduals;
  readonly users: OwnResiduals;
  /** Of one owner: the weights of likeness. */
  readonly likeness: OwnResiduals;
  readonly shownLikeness: ShownLikeness;
  readonly positions: PositionMean[];
  /** Of all blocks, also of those before tastes changed. */
  rewards: RewardMoments;
  priors: Priors;
  /** Page's cumulative sum of disappointments, standard deviations. */
  disappointment: number;
}

export const ownItem = (
  { itemId, isKnown }: ItemOfModel,
  { knownItem, newItem }: Priors,
): Owner => ({
  id: itemId,
  priorEvents: isKnown ? knownItem : newItem,
});
/** No user has an empty id: a stranger keeps the prior. */
export const ownUser = (userId: UserId | undefined, { user }: Priors): Owner => ({
  id: userId ?? "",
  priorEvents: user,
});

/** All users and items. */
export const everyone = ({ likeness }: Priors): Owner => ({ id: "", priorEvents: likeness });

const guessOf = ({ widest }: LearningOptions, rewards: RewardMoments): Priors =>
  widest === undefined ? usualPriors : guessPriors(rewards, widest);

/** Of a trained policy the guess: evident priors cost MPO with its loop 7 % in `drift` (decision 0105). */
export function priorsOf(
  options: LearningOptions,
  { basis, head, items, users, rewards }: Learnt,
): Priors {
  const guess = guessOf(options, rewards);
  if (options.widest === undefined || !isAlikeForAll(basis)) return guess;
  const moments = { head: head.moments(), items: items.moments(), users: users.moments() };
  return evidentPriors(guess, head.noiseVariance(), moments);
}

export const headOptions = (
  { forgetting }: LearningOptions,
  { basis, priors }: Pick<Learnt, "basis" | "priors">,
): HeadOptions => {
  const { pair, fourier } = countFeatures(basis);
  return {
    size: pair,
    optional: fourier,
    forgetting,
    priorPrecision: priors.head,
    noiseVariance: firstNoiseVariance,
  };
};

/** Its directions, rewards and showings are no tastes, and outlive a change of them. */
export function learnNothing(
  options: LearningOptions,
  {
    basis,
    states,
    rewards,
    shownLikeness,
  }: Pick<Learnt, "basis" | "states" | "rewards" | "shownLikeness">,
): Learnt {
  const { forgetting } = options;
  const priors = guessOf(options, rewards);
  const { state, item } = countFeatures(basis);
  return {
    basis,
    states,
    head: createHead(headOptions(options, { basis, priors })),
    items: createOwnResiduals(state, forgetting),
    users: createOwnResiduals(item, forgetting),
    likeness: createOwnResiduals(likenessWidth, forgetting),
    shownLikeness,
    positions: [],
    rewards,
    priors,
    disappointment: 0,
  };
}

export const cloneLearnt = (learnt: Learnt, options: LearningOptions): Learnt => ({
  ...learnt,
  head: createHead(headOptions(options, learnt), learnt.head.encode()),
  states: copyStates(learnt.states),
  items: learnt.items.clone(),
  users: learnt.users.clone(),
  likeness: learnt.likeness.clone(),
  shownLikeness: learnt.shownLikeness.clone(),
  positions: [...learnt.positions],
});
