import type { ItemId, UserId } from "../../domain/ids.ts";
import { dot } from "../../numeric/dot.ts";
import { hash32 } from "../../numeric/hash.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { normalQuantile } from "../../numeric/statistics.ts";
import { evidentPriors, guessPriors, type Priors, usualPriors } from "./evident-priors.ts";
import {
  centre,
  createBasis,
  createPairFeatures,
  type FeatureBasis,
  isAlikeForAll,
  ownFeatureCount,
  type PairFeatures,
  pairFeatureCount,
  type Representation,
} from "./features.ts";
import { createLinearHead, type LinearHead } from "./linear-head.ts";
import { createOwnResiduals, type Owner, type Residual } from "./own-residuals.ts";
import { addReward, noRewards, type RewardMoments } from "./prior-strength.ts";

/**
 * To be raised by every change of learning or draws: its features, its priors, the order of events.
 */
export const modelVersion = 8;

/** An item, and whether the policy was trained with it. */
export interface ItemOfModel {
  readonly itemId: ItemId;
  readonly isKnown: boolean;
  /** Of an ad: number of the outcome that its campaign pays for; absent if that is the impression. */
  readonly outcome?: number;
}

/** One shown item with its reward. */
export interface ShownItem extends ItemOfModel {
  /** Index among the candidates. */
  readonly candidate: number;
  readonly position: number;
  /** In [0, 1]: share of the reward range. */
  readonly reward: number;
}

/** A visit as a policy sees it. */
export interface FastVisit {
  readonly userId: UserId;
  readonly towers: Representation;
}

/** A visit to draw for. */
export interface DrawnVisit extends Pick<FastVisit, "towers"> {
  /** Undefined of a stranger, who has no residual of one's own. */
  readonly userId: UserId | undefined;
}

export interface FastDecision extends FastVisit {
  readonly shown: readonly ShownItem[];
}

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
  /** One draw of the whole model: of each candidate the reward beyond its promise, in shares of the reward range. */
  draw(
    random: RandomStream,
    scale: number,
  ): (visit: DrawnVisit, items: readonly ItemOfModel[]) => Float64Array;
  clone(): ResidualModel;
}

export interface ResidualModelOptions {
  readonly forgetting: number;
  /** η in standard deviations of a reward: an item promises η·(z − z̄) more than the policy's average choice. */
  readonly temperature: number;
  /** Standard deviation of a prediction before any event, at most, in mean rewards; where a policy is alike for all users, events then tell the widths. Default: the usual priors, whatever the rewards. */
  readonly widest?: number;
}

/** That of a reward that is 0 or 1 equally often; tens of events show the true one. */
const firstNoiseVariance = 0.25;

/**
 * A change of tastes by Page's test (1954): shortfalls of rewards, in standard deviations, beyond an allowance for luck and for
 * the optimism of a choice by its own predictions, add up to the alarm. A fall of half a deviation sounds it after about two
 * hundred events; false alarms: docs/decisions/0032.
 */
const allowance = 0.1;
const alarm = 30;
/** Posterior deviations by which a choice by its own prediction may disappoint. */
const optimism = 0.5;

interface PositionMean {
  readonly mean: number;
  readonly events: number;
}

/** Learnt state, dropped when tastes have changed. */
interface Learnt {
  readonly head: LinearHead;
  readonly items: ReturnType<typeof createOwnResiduals>;
  readonly users: ReturnType<typeof createOwnResiduals>;
  readonly positions: PositionMean[];
  /** Of all blocks, also of those before tastes changed. */
  rewards: RewardMoments;
  priors: Priors;
  /** Page's cumulative sum of disappointments, standard deviations. */
  disappointment: number;
}

const ownItem = ({ itemId, isKnown }: ItemOfModel, { knownItem, newItem }: Priors): Owner => ({
  id: itemId,
  priorEvents: isKnown ? knownItem : newItem,
});
/** No user has an empty id: a stranger keeps the prior. */
const ownUser = (userId: UserId | undefined, { user }: Priors): Owner => ({
  id: userId ?? "",
  priorEvents: user,
});

/** Standard normal by the text's hash: a stream for each of hundreds of candidates would cost more than all else. */
const hashNormal = (text: string) => normalQuantile((hash32(text) + 0.5) / 2 ** 32);

/**
 * Mean rest of a position's rewards after predictions, head and residuals, this one included;
 * older ones are forgotten as fast as by the head. Not the mean reward: that rises as choices
 * improve, and would raise the items that are not chosen.
 */
function updatePosition(
  before: PositionMean | undefined,
  value: number,
  forgetting: number,
): PositionMean {
  const { mean, events } = before ?? { mean: 0, events: 0 };
  const share = Math.max(1 / (events + 1), 1 - forgetting);
  return { mean: mean + share * (value - mean), events: events + 1 };
}

interface ShownEvent {
  readonly item: ShownItem;
  readonly user: Owner;
  readonly x: PairFeatures;
  /** η·(z − z̄), in shares of the reward range. */
  readonly promise: number;
}

/**
 * Learns the reward of one shown item.
 * @returns its shortfall, in standard deviations, beyond the optimism of a choice by prediction
 */
function learnShown(
  { head, items, users, positions, priors }: Learnt,
  { item, user, x, promise }: ShownEvent,
  forgetting: number,
): number {
  const left = item.reward - promise;
  const owner = ownItem(item, priors);
  const ofItem = items.find(owner)(x.state);
  const ofUser = users.find(user)(x.item);
  const ofHead = { mean: head.predict(x.pair), spread: head.spread(x.pair) };
  const predicted = ofHead.mean + ofItem.mean + ofUser.mean;
  const ofPosition = updatePosition(positions[item.position], left - predicted, forgetting);
  positions[item.position] = ofPosition;
  const target = left - ofPosition.mean;
  const spread = ofHead.spread + ofItem.spread + ofUser.spread;
  const surplus = target - predicted;
  const shortfall = -surplus / Math.sqrt(head.noiseVariance());
  // To each part the others' doubt is noise. With these weights the gains are those of one Kalman filter whose parts are independent.
  const teach = (part: Residual, own: Float64Array, update: LinearHead["update"]) => {
    const weight = 1 / Math.sqrt(1 + spread - part.spread);
    const scaled = own.map((value) => weight * value);
    update(scaled, weight * (surplus + part.mean));
  };
  teach(ofHead, x.pair, head.update);
  teach(ofItem, x.state, (own, value) => items.update(owner, own, value));
  teach(ofUser, x.item, (own, value) => users.update(user, own, value));
  return (shortfall - optimism * Math.sqrt(spread)) / Math.sqrt(1 + spread);
}

/** See `ResidualModel.draw`. */
function drawGains(
  { head, items, users, priors }: Learnt,
  basis: FeatureBasis,
  { random, scale }: { readonly random: RandomStream; readonly scale: number },
): ReturnType<ResidualModel["draw"]> {
  const weights = head.draw(random.split("weights"), scale);
  const seed = random.split("items").integer(2 ** 32);
  const deviation = scale * Math.sqrt(head.noiseVariance());
  return ({ userId, towers }, candidates) => {
    const describe = createPairFeatures(basis, towers.state);
    const advantages = centre(towers.logits);
    const findOfUser = users.find(ownUser(userId, priors));
    return Float64Array.from(candidates, (item, candidate) => {
      const x = describe(towers.items[candidate]!, advantages[candidate]!);
      const ofItem = items.find(ownItem(item, priors))(x.state);
      const ofUser = findOfUser(x.item);
      const luck = hashNormal(`${seed}/${item.itemId}`);
      const spread = Math.sqrt(ofItem.spread + ofUser.spread);
      return dot(x.pair, weights) + ofItem.mean + ofUser.mean + deviation * spread * luck;
    });
  };
}

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

const guessOf = ({ widest }: ResidualModelOptions, rewards: RewardMoments): Priors =>
  widest === undefined ? usualPriors : guessPriors(rewards, widest);

/** Of a trained policy the guess: evident priors cost MPO with its loop 7 % in `drift` (decision 0105). */
function priorsOf(
  options: ResidualModelOptions,
  { head, items, users, rewards }: Learnt,
  isAlike: boolean,
): Priors {
  const guess = guessOf(options, rewards);
  if (options.widest === undefined || !isAlike) return guess;
  const moments = { head: head.moments(), items: items.moments(), users: users.moments() };
  return evidentPriors(guess, head.noiseVariance(), moments);
}

const headOptions = ({ forgetting }: ResidualModelOptions, { head }: Priors) => ({
  size: pairFeatureCount,
  priorPrecision: head,
  forgetting,
  noiseVariance: firstNoiseVariance,
});

function learnNothing(options: ResidualModelOptions, rewards: RewardMoments): Learnt {
  const { forgetting } = options;
  const priors = guessOf(options, rewards);
  return {
    head: createLinearHead(headOptions(options, priors)),
    items: createOwnResiduals(ownFeatureCount, forgetting),
    users: createOwnResiduals(ownFeatureCount, forgetting),
    positions: [],
    ...{ rewards, priors },
    disappointment: 0,
  };
}

const cloneLearnt = (learnt: Learnt, options: ResidualModelOptions): Learnt => ({
  ...learnt,
  head: createLinearHead(headOptions(options, learnt.priors), learnt.head.encode()),
  items: learnt.items.clone(),
  users: learnt.users.clone(),
  positions: [...learnt.positions],
});

/** @throws RangeError on an option out of range */
export const createResidualModel = (options: ResidualModelOptions): ResidualModel =>
  build(options, { learnt: learnNothing(options, noRewards), basis: undefined });
