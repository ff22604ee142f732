import { createRandom } from "../../numeric/random.ts";
import { likenessWidth } from "../likeness.ts";
import {
  directionCount,
  type FeatureBasis,
  isAlikeForAll,
  locate,
  type Representation,
} from "./basis.ts";
import { createFourierFeatures } from "./fourier-features.ts";

/** Typical logits of a trained policy above their mean. */
const advantageScale = 4;

/** A constant, and the coordinates of a state or an item. */
const ownCount = 1 + directionCount;

/** Random Fourier features of p and q: a draw of 500 candidates works out 32,000 cosines. */
const fourierCount = 64;

/** The typical length of p and q together is √2. */
const fourierBandwidth = 1.1;

/** The same for every model. */
const fourierOf = createFourierFeatures({
  inputs: 2 * directionCount,
  features: fourierCount,
  bandwidth: fourierBandwidth,
  random: createRandom(0).split("fourier"),
});

/** Lengths of `PairFeatures`. */
export interface FeatureCounts {
  /** Fourier features included. */
  readonly pair: number;
  readonly fourier: number;
  readonly state: number;
  readonly item: number;
}

/** Of states that are all alike p is 0, and no part of any feature. */
export const countFeatures = (basis: FeatureBasis): FeatureCounts =>
  isAlikeForAll(basis)
    ? { pair: ownCount, fourier: 0, state: 1, item: ownCount }
    : {
        pair: fourierCount + directionCount * directionCount + ownCount,
        fourier: fourierCount,
        state: ownCount,
        item: ownCount,
      };

/** z − z̄ of each candidate, z̄ the mean under the softmax of the candidates. */
export function centre(logits: Float64Array): Float64Array {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  let [total, weighted] = [0, 0];
  for (const logit of logits) {
    const weight = Math.exp(logit - largest);
    total += weight;
    weighted += weight * logit;
  }
  return logits.map((logit) => logit - weighted / total);
}

/** Features of a pair of state and item for a residual model; `countFeatures` has their lengths. */
export interface PairFeatures {
  /** [Fourier features, p⊗q, q, (z − z̄)/4]: likings by user, popularity, and overconfidence of the policy. */
  readonly pair: Float64Array;
  /** [1, p]: an item's own residual is linear in it. */
  readonly state: Float64Array;
  /** [1, q]: a user's own residual is linear in it. */
  readonly item: Float64Array;
  /** Absent if the policy tells users apart. */
  readonly likeness?: Float64Array;
  /** z − z̄ */
  advantage: number;
}

/**
 * Features of a state's candidates, with p and q, the coordinates of state and item. Linear in z,
 * so that leaving candidates out shifts the gains of the others by one number, which no propensity
 * sees.
 * @param options.fourier whether the pair's Fourier features are wanted. Default: they are
 * @returns writes those of a candidate, by its index, into the same arrays each time
 */
export function createPairFeatures(
  basis: FeatureBasis,
  { state, items, logits, likeness }: Representation,
  { fourier = true }: { readonly fourier?: boolean } = {},
): (candidate: number) => PairFeatures {
  const counts = countFeatures(basis);
  const p = new Float64Array(isAlikeForAll(basis) ? 0 : directionCount);
  if (p.length > 0) locate(basis.states, state, 0, p);
  const q = new Float64Array(directionCount);
  const writeFourier = fourier && p.length > 0 ? fourierOf(p) : undefined;
  const advantages = centre(logits);
  const pair = new Float64Array(counts.pair);
  const linear = pair.subarray(counts.fourier);
  const ofLikeness = likeness && new Float64Array(likenessWidth);
  const found: PairFeatures = {
    pair: fourier ? pair : linear,
    state: Float64Array.of(1, ...p),
    item: new Float64Array(counts.item).fill(1),
    ...(ofLikeness && { likeness: ofLikeness }),
    advantage: 0,
  };
  return (candidate) => {
    locate(basis.items, items.values, candidate * items.width, q);
    for (let row = 0; row < p.length; row++) {
      for (let column = 0; column < directionCount; column++)
        linear[row * directionCount + column] = p[row]! * q[column]!;
    }
    const from = p.length * directionCount;
    for (let column = 0; column < directionCount; column++) {
      linear[from + column] = q[column]!;
      found.item[1 + column] = q[column]!;
    }
    for (let column = 0; ofLikeness && column < likenessWidth; column++)
      ofLikeness[column] = likeness.values[likenessWidth * candidate + column]!;
    found.advantage = advantages[candidate]!;
    linear[linear.length - 1] = found.advantage / advantageScale;
    writeFourier?.(q, pair);
    return found;
  };
}
