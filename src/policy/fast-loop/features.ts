/** A state and candidates as a network sees them. */
export interface Towers {
  /** h, `width` numbers. */
  readonly state: Float32Array;
  /** e of each candidate, `width` numbers each. */
  readonly items: readonly Float32Array[];
  /** z of each candidate. */
  readonly logits: Float64Array;
}

export interface FastFeatures {
  /** x of each candidate. */
  readonly features: readonly Float64Array[];
  /** z − z̄ of each candidate, z̄ the mean under the softmax of the candidates. */
  readonly advantages: Float64Array;
}

/** Typical logits of a trained policy above their mean. */
const advantageScale = 4;

/** Of a network of a width. */
export const countFeatures = (width: number): number => 2 * width + 1;

function norm(values: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]! * values[index]!;
  return Math.sqrt(sum);
}

function centre(logits: Float64Array): Float64Array {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  let [total, weighted] = [0, 0];
  for (const logit of logits) {
    const weight = Math.exp(logit - largest);
    total += weight;
    weighted += weight * logit;
  }
  return logits.map((logit) => logit - weighted / total);
}

/**
 * x = [√d·ĥ∘ê, ê, a/4] with directions ĥ and ê of state and item and the advantage a = z − z̄: what items are liked, by
 * whom, and whether the policy goes too far. Each part has a length of about 1, whatever scale a network has. Linear in a,
 * so that leaving candidates out shifts the others' gains by one number, which no propensity sees.
 */
export function fastFeatures({ state, items, logits }: Towers): FastFeatures {
  const advantages = centre(logits);
  const width = state.length;
  const stateScale = Math.sqrt(width) / (norm(state) || 1);
  const features = items.map((item, candidate) => {
    const x = new Float64Array(countFeatures(width));
    const itemScale = 1 / (norm(item) || 1);
    for (let index = 0; index < width; index++) {
      const direction = item[index]! * itemScale;
      x[index] = state[index]! * stateScale * direction;
      x[width + index] = direction;
    }
    x[2 * width] = advantages[candidate]! / advantageScale;
    return x;
  });
  return { features, advantages };
}
