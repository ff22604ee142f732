import {
  type PrincipalDirections,
  principalDirections,
} from "../../numeric/principal-directions.ts";

/** A state and candidates as a network sees them. */
export interface Towers {
  /** h, `width` numbers. */
  readonly state: Float32Array;
  /** e of each candidate, `width` numbers each. */
  readonly items: readonly Float32Array[];
  /** z of each candidate. */
  readonly logits: Float64Array;
}

/** In which directions states and items differ: what a linear model of their products has to tell apart. */
export interface FeatureBasis {
  readonly states: PrincipalDirections;
  readonly items: PrincipalDirections;
}

/** Directions of states, and as many of items. */
const directionCount = 8;
/** Typical logits of a trained policy above their mean. */
const advantageScale = 4;

export const featureCount: number = directionCount * directionCount + directionCount + 1;

export const createBasis = (seen: readonly Towers[]): FeatureBasis => ({
  states: principalDirections(
    seen.map(({ state }) => state),
    directionCount,
  ),
  items: principalDirections(
    seen.flatMap(({ items }) => items),
    directionCount,
  ),
});

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

/** Coordinates in the basis, scaled to length 1: where a vector points, seen from the mean; 0 at the mean itself. */
function locate({ mean, directions }: PrincipalDirections, vector: Float32Array): Float64Array {
  const found = new Float64Array(directionCount);
  let squares = 0;
  for (const [index, direction] of directions.entries()) {
    let sum = 0;
    for (let cell = 0; cell < vector.length; cell++)
      sum += (vector[cell]! - mean[cell]!) * direction[cell]!;
    found[index] = sum;
    squares += sum * sum;
  }
  const length = Math.sqrt(squares) || 1;
  return found.map((value) => value / length);
}

/**
 * Writes x = [p⊗q, q, (z − z̄)/4] of a candidate, with p and q where state and item point: who likes what, what is liked, and
 * whether the policy goes too far. Linear in z, so that leaving candidates out shifts the gains of the others by one number,
 * which no propensity sees.
 */
export function createFeatures(
  basis: FeatureBasis,
  state: Float32Array,
): (item: Float32Array, advantage: number, x: Float64Array) => void {
  const p = locate(basis.states, state);
  return (item, advantage, x) => {
    const q = locate(basis.items, item);
    for (let row = 0; row < directionCount; row++) {
      for (let column = 0; column < directionCount; column++)
        x[row * directionCount + column] = p[row]! * q[column]!;
    }
    x.set(q, directionCount * directionCount);
    x[featureCount - 1] = advantage / advantageScale;
  };
}
