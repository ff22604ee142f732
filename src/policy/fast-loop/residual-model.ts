import type { RandomStream } from "../../numeric/random.ts";
import { createItemResiduals, type ItemOfModel } from "./item-residuals.ts";
import { createLinearHead } from "./linear-head.ts";

/** To be raised by whatever changes what it learns or draws: its features, its priors, the order of events. */
export const modelVersion = 1;

/** One shown item with its reward. */
export interface FastEvent extends ItemOfModel {
  readonly features: Float64Array;
  readonly position: number;
  /** What the policy promises of the item beyond its average choice: η·(z − z̄), in shares of the reward range. */
  readonly promise: number;
  /** In [0, 1]: share of the reward range. */
  readonly reward: number;
}

/**
 * What rewards leave over of the policy's promises: a linear head on features of state and item, and a residual for each
 * item, both Bayesian and both fitted to what the other leaves. A position's mean reward is taken off first.
 */
export interface ResidualModel {
  learn(event: FastEvent): void;
  /** One draw of the whole model: of a candidate the reward beyond the promise, in shares of the reward range. */
  draw(random: RandomStream, scale: number): (features: Float64Array, item: ItemOfModel) => number;
  clone(): ResidualModel;
}

export interface ResidualModelOptions {
  /** Of an event. */
  readonly features: number;
  readonly forgetting: number;
}

/** Events that the prior of a weight weighs as much as, for features of length about 1. */
const priorEvents = 50;
/** That of a reward that is 0 or 1 as often; what it is comes out within tens of events. */
const firstNoiseVariance = 0.25;

interface PositionMean {
  readonly mean: number;
  readonly events: number;
}

interface Parts {
  readonly head: ReturnType<typeof createLinearHead>;
  readonly items: ReturnType<typeof createItemResiduals>;
  readonly positions: readonly PositionMean[];
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}

function build(options: ResidualModelOptions, parts: Parts): ResidualModel {
  const { head, items } = parts;
  const positions = [...parts.positions];

  /** Mean reward of the position's events, this one included; older ones are forgotten as fast as by the head. */
  function updatePosition(position: number, reward: number): number {
    const { mean, events } = positions[position] ?? { mean: 0, events: 0 };
    const share = Math.max(1 / (events + 1), 1 - options.forgetting);
    const next = mean + share * (reward - mean);
    positions[position] = { mean: next, events: events + 1 };
    return next;
  }

  return {
    learn: (event) => {
      const target = event.reward - updatePosition(event.position, event.reward) - event.promise;
      const ofItem = items.find(event).mean;
      const ofHead = head.predict(event.features);
      head.update(event.features, target - ofItem);
      items.update(event, target - ofHead);
    },
    draw: (random, scale) => {
      const weights = head.draw(random.split("weights"), scale);
      const ofItems = random.split("items");
      const deviation = scale * Math.sqrt(head.noiseVariance());
      return (features, item) => {
        const { mean, spread } = items.find(item);
        const luck = ofItems.split(item.itemId).normal();
        return dot(features, weights) + mean + deviation * Math.sqrt(spread) * luck;
      };
    },
    clone: () => {
      const copy = createLinearHead(headOptions(options), head.encode());
      return build(options, { head: copy, items: items.clone(), positions });
    },
  };
}

const headOptions = ({ features, forgetting }: ResidualModelOptions) => ({
  size: features,
  priorPrecision: priorEvents,
  forgetting,
  noiseVariance: firstNoiseVariance,
});

/** @throws RangeError on an option out of range */
export function createResidualModel(options: ResidualModelOptions): ResidualModel {
  return build(options, {
    head: createLinearHead(headOptions(options)),
    items: createItemResiduals(options.forgetting),
    positions: [],
  });
}
