/** Largest of the values; −∞ of none. */
export const largestOf = (values: ArrayLike<number>): number => {
  let largest = Number.NEGATIVE_INFINITY;
  for (let a = 0; a < values.length; a++) largest = Math.max(largest, values[a]!);
  return largest;
};

export function logSumExp(values: ArrayLike<number>): number {
  const largest = largestOf(values);
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += Math.exp(values[index]! - largest);
  return largest + Math.log(sum);
}

/** Logits to log probabilities, in place. */
export function subtractTotal(logits: Float64Array): Float64Array {
  const total = logSumExp(logits);
  for (let a = 0; a < logits.length; a++) logits[a]! -= total;
  return logits;
}

export const normaliseLogs = (logits: Float64Array): Float64Array => subtractTotal(logits.slice());

/** KL(p ‖ q) in nats from log probabilities; 0·log 0 is 0. */
export function klDivergence(logP: Float64Array, logQ: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < logP.length; index++) {
    const probability = Math.exp(logP[index]!);
    if (probability > 0) sum += probability * (logP[index]! - logQ[index]!);
  }
  return sum;
}
