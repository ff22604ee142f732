import { hash32 } from "../../numeric/hash.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { normalQuantile } from "../../numeric/statistics.ts";
import {
  centre,
  createBasis,
  createFeatures,
  type FeatureBasis,
  featureCount,
  type Towers,
} from "./features.ts";
import { createItemResiduals, type ItemOfModel } from "./item-residuals.ts";
import { createLinearHead } from "./linear-head.ts";

/** To be raised by whatever changes what it learns or draws: its features, its priors, the order of events. */
export const modelVersion = 1;

/** One shown item with its reward. */
export interface ShownItem extends ItemOfModel {
  /** Index among the candidates. */
  readonly candidate: number;
  readonly position: number;
  /** In [0, 1]: share of the reward range. */
  readonly reward: number;
}

export interface FastDecision {
  readonly towers: Towers;
  readonly shown: readonly ShownItem[];
}

/**
 * What rewards leave over of the policy's promises: a linear head on features of state and item, and a residual for each
 * item, both Bayesian and both fitted to what the other leaves. A position's mean is taken off first.
 */
export interface ResidualModel {
  /** False before its first block, which gives it its features. */
  readonly isReady: boolean;
  learn(block: readonly FastDecision[]): void;
  /** One draw of the whole model: of each candidate the reward beyond its promise, in shares of the reward range. */
  draw(
    random: RandomStream,
    scale: number,
  ): (towers: Towers, items: readonly ItemOfModel[]) => Float64Array;
  clone(): ResidualModel;
}

export interface ResidualModelOptions {
  readonly forgetting: number;
  /** η: an item promises η·(z − z̄) more than the policy's average choice, in shares of the reward range. */
  readonly temperature: number;
}

/** Events that the prior of a weight weighs as much as, for features of length about 1. */
const priorEvents = 15;
/** That of a reward that is 0 or 1 as often; what it is comes out within tens of events. */
const firstNoiseVariance = 0.25;

interface PositionMean {
  readonly mean: number;
  readonly events: number;
}

interface Parts {
  readonly basis?: FeatureBasis;
  readonly head: ReturnType<typeof createLinearHead>;
  readonly items: ReturnType<typeof createItemResiduals>;
  readonly positions: readonly PositionMean[];
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}

/** Standard normal by the text's hash: a stream for each of hundreds of candidates would cost more than all else. */
const hashNormal = (text: string) => normalQuantile((hash32(text) + 0.5) / 2 ** 32);

function build(options: ResidualModelOptions, parts: Parts): ResidualModel {
  const { forgetting, temperature } = options;
  const { head, items } = parts;
  const positions = [...parts.positions];
  let { basis } = parts;
  const x = new Float64Array(featureCount);

  /**
   * Mean of a position's values, this one included; older ones are forgotten as fast as by the head. Of what is left of the
   * rewards after their promises, since another policy's choices promise less, and earn less.
   */
  function updatePosition(position: number, value: number): number {
    const { mean, events } = positions[position] ?? { mean: 0, events: 0 };
    const share = Math.max(1 / (events + 1), 1 - forgetting);
    const next = mean + share * (value - mean);
    positions[position] = { mean: next, events: events + 1 };
    return next;
  }

  function learnShown(item: ShownItem, advantage: number): void {
    const left = item.reward - temperature * advantage;
    const target = left - updatePosition(item.position, left);
    const ofItem = items.find(item).mean;
    const ofHead = head.predict(x);
    head.update(x, target - ofItem);
    items.update(item, target - ofHead);
  }

  return {
    get isReady() {
      return basis !== undefined;
    },
    learn: (block) => {
      basis ??= createBasis(block.map(({ towers }) => towers));
      for (const { towers, shown } of block) {
        const write = createFeatures(basis, towers.state);
        const advantages = centre(towers.logits);
        for (const item of shown) {
          const advantage = advantages[item.candidate]!;
          write(towers.items[item.candidate]!, advantage, x);
          learnShown(item, advantage);
        }
      }
    },
    draw: (random, scale) => {
      if (basis === undefined) throw new RangeError("it has learnt from no block yet");
      const known = basis;
      const weights = head.draw(random.split("weights"), scale);
      const seed = random.split("items").integer(2 ** 32);
      const deviation = scale * Math.sqrt(head.noiseVariance());
      return (towers, candidates) => {
        const write = createFeatures(known, towers.state);
        const advantages = centre(towers.logits);
        return Float64Array.from(candidates, (item, candidate) => {
          write(towers.items[candidate]!, advantages[candidate]!, x);
          const { mean, spread } = items.find(item);
          const luck = hashNormal(`${seed}/${item.itemId}`);
          return dot(x, weights) + mean + deviation * Math.sqrt(spread) * luck;
        });
      };
    },
    clone: () => {
      const copy = createLinearHead(headOptions(options), head.encode());
      const own = { head: copy, items: items.clone(), positions };
      return build(options, basis === undefined ? own : { ...own, basis });
    },
  };
}

const headOptions = ({ forgetting }: ResidualModelOptions) => ({
  size: featureCount,
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
