import { dot } from "../../numeric/dot.ts";
import {
  type PrincipalDirections,
  principalDirections,
} from "../../numeric/principal-directions.ts";

/** A state and candidates as a network sees them. */
export interface Representation {
  /** h, `width` numbers. */
  readonly state: Float32Array;
  /** e of each candidate, `width` numbers each. */
  readonly items: readonly Float32Array[];
  /** z of each candidate. */
  readonly logits: Float64Array;
}

/** Directions in which vectors differ. */
interface Axes extends PrincipalDirections {
  /** Root mean square length in these directions, from the mean; 1 where all are alike. */
  readonly length: number;
}

/** Directions in which states and items differ, for a linear model of their products. */
export interface FeatureBasis {
  readonly states: Axes;
  readonly items: Axes;
}

/** Directions of states, and as many of items. */
const directionCount = 8;
/** Longer ones are shortened to it, in typical lengths: one odd vector must not outweigh all others. */
const longest = 2;
/** Typical logits of a trained policy above their mean. */
const advantageScale = 4;

export const pairFeatureCount: number = directionCount * directionCount + directionCount + 1;
/** A constant, and the coordinates of a state or an item. */
export const ownFeatureCount: number = 1 + directionCount;

function findAxes(vectors: readonly Float32Array[]): Axes {
  const found = principalDirections(vectors, directionCount);
  let squares = 0;
  for (const vector of vectors) {
    const place = project(found, vector);
    squares += dot(place, place) / vectors.length;
  }
  return { ...found, length: Math.sqrt(squares) || 1 };
}

export const createBasis = (seen: readonly Representation[]): FeatureBasis => ({
  states: findAxes(seen.map(({ state }) => state)),
  items: findAxes(seen.flatMap(({ items }) => items)),
});

/** A policy that is alike for all users tells none of them apart: its features say what items are, and nobody's liking. */
export const isAlikeForAll = ({ states }: FeatureBasis): boolean => states.directions.length === 0;

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

/** Coordinates in the directions, from the mean. */
function project({ mean, directions }: PrincipalDirections, vector: Float32Array): Float64Array {
  const found = new Float64Array(directionCount);
  for (const [index, direction] of directions.entries()) {
    let sum = 0;
    for (let cell = 0; cell < vector.length; cell++)
      sum += (vector[cell]! - mean[cell]!) * direction[cell]!;
    found[index] = sum;
  }
  return found;
}

/** Coordinates in typical lengths: direction and length of a vector. */
function locate(axes: Axes, vector: Float32Array): Float64Array {
  const found = project(axes, vector);
  const scale = Math.max(axes.length, Math.sqrt(dot(found, found)) / longest);
  return found.map((value) => value / scale);
}

/** Features of a pair of state and item for a residual model. */
export interface PairFeatures {
  /**
   * [p⊗q, q, (z − z̄)/4], `pairFeatureCount` numbers: likings by user, popularity, and overconfidence
   * of the policy.
   */
  readonly pair: Float64Array;
  /** [1, p]: an item's own residual is linear in it. */
  readonly state: Float64Array;
  /** [1, q]: a user's own residual is linear in it. */
  readonly item: Float64Array;
}

/**
 * Features of a state's candidates, with p and q, the coordinates of state and item. Linear in z,
 * so that leaving candidates out shifts the gains of the others by one number, which no propensity
 * sees.
 * @returns writes those of a candidate into the same arrays each time
 */
export function createPairFeatures(
  basis: FeatureBasis,
  state: Float32Array,
): (item: Float32Array, advantage: number) => PairFeatures {
  const p = locate(basis.states, state);
  const found: PairFeatures = {
    pair: new Float64Array(pairFeatureCount),
    state: Float64Array.of(1, ...p),
    item: new Float64Array(ownFeatureCount).fill(1),
  };
  return (item, advantage) => {
    const q = locate(basis.items, item);
    for (let row = 0; row < directionCount; row++) {
      for (let column = 0; column < directionCount; column++)
        found.pair[row * directionCount + column] = p[row]! * q[column]!;
    }
    found.pair.set(q, directionCount * directionCount);
    found.pair[pairFeatureCount - 1] = advantage / advantageScale;
    found.item.set(q, 1);
    return found;
  };
}
