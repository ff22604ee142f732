import { add, multiply, subtract } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { negate, relu, softplus } from "./elementwise.ts";
import type { Value } from "./graph.ts";
import { pickLast } from "./indexing.ts";
import { logSoftmax } from "./reduction.ts";
import { sameShape, shapeError } from "./shape.ts";

/** Σ w·(softplus(z) − t·z) = −Σ w·(t log σ(z) + (1 − t) log(1 − σ(z))), without overflow. All of one shape. */
export function binaryCrossEntropy(logits: Value, targets: Value, weights: Value): Value {
  assertSameShape("binaryCrossEntropy", logits, targets, weights);
  return sum(multiply(weights, subtract(softplus(logits), multiply(targets, logits))));
}

/**
 * Σ w·h(x − t) with h(e) = e²/2 up to |e| = δ and δ(|e| − δ/2) beyond (Huber 1964). All of one shape.
 *
 * @param options.delta δ > 0
 */
export function huber(options: {
  readonly values: Value;
  readonly targets: Value;
  readonly weights: Value;
  readonly delta: number;
}): Value {
  const { values, targets, weights, delta } = options;
  if (!(delta > 0)) throw new RangeError(`huber: delta must be above 0, got ${delta}`);
  assertSameShape("huber", values, targets, weights);
  const error = subtract(values, targets);
  const size = add(relu(error), relu(negate(error)));
  // With c = min(|e|, δ), c(|e| − c/2) is both branches.
  const near = subtract(size, relu(subtract(size, delta)));
  return sum(multiply(weights, multiply(near, subtract(size, multiply(near, 0.5)))));
}

/** −Σ_r w_r log softmax(z_r)[t_r]: logits [rows, classes], targets int32 [rows], weights [rows]. */
export function crossEntropy(logits: Value, targets: Value, weights: Value): Value {
  const picked = pickLast(logSoftmax(logits), targets);
  assertSameShape("crossEntropy", picked, weights);
  return negate(sum(multiply(picked, weights)));
}

function assertSameShape(operation: string, ...values: readonly Value[]): void {
  const shapes = values.map(({ shape }) => shape);
  if (!shapes.every((shape) => sameShape(shape, shapes[0]!)))
    throw shapeError(operation, "values of one shape", ...shapes);
}
