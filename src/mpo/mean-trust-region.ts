/** A state's served policy and the target that its own trust region allows, both over the candidates. */
export interface BoundedMove {
  readonly served: Float64Array;
  readonly target: Float64Array;
}

/** States on which the share is found. */
const sampledStates = 512;
const bisections = 14;

/** Mean KL(t ‖ π_s) in nats of targets that go a share of the way, t = π_s + share·(target − π_s). */
export function meanMoveDivergence(moves: readonly BoundedMove[], share: number): number {
  let total = 0;
  for (const { served, target } of moves) {
    for (let a = 0; a < served.length; a++) {
      const probability = served[a]! + share * (target[a]! - served[a]!);
      if (probability > 0) total += probability * Math.log(probability / served[a]!);
    }
  }
  return total / Math.max(1, moves.length);
}

/**
 * Largest share ≤ 1 of every state's way at which the mean KL over the states, which rises with it, is within the bound.
 * States that would go further than others still do.
 */
export function meanTrustRegion(moves: readonly BoundedMove[], bound: number): number {
  const stride = Math.max(1, Math.floor(moves.length / sampledStates));
  const sample = moves.filter((_, index) => index % stride === 0);
  if (meanMoveDivergence(sample, 1) <= bound) return 1;
  let [low, high] = [0, 1];
  for (let step = 0; step < bisections; step++) {
    const middle = (low + high) / 2;
    if (meanMoveDivergence(sample, middle) > bound) high = middle;
    else low = middle;
  }
  return low;
}
