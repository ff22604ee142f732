import { add, divide, multiply } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { sqrt } from "./elementwise.ts";
import { apply, constant, type Value } from "./graph.ts";

/** Keeps the quotient finite if every gradient is 0. */
const tiny = 1e-12;

/**
 * Gradients scaled by min(1, c/‖g‖) with the norm over all of them (Pascanu et al. 2013, arXiv:1211.5063).
 *
 * @param bound c > 0; undefined leaves them as they are
 */
export function clipGlobalNorm(
  gradients: readonly Value[],
  bound: number | undefined,
): readonly Value[] {
  if (bound === undefined) return gradients;
  if (!(bound > 0)) throw new RangeError(`clipNorm must be above 0, got ${bound}`);
  const squares = gradients.map((gradient) => sum(multiply(gradient, gradient)));
  const norm = sqrt(squares.reduce((total, square) => add(total, square)));
  const scale = atMostOne(divide(bound, add(norm, tiny)));
  return gradients.map((gradient) => multiply(gradient, scale));
}

const atMostOne = (value: Value) =>
  apply({ operator: "Min", inputs: [value, constant(value.graph, [1])], shape: value.shape });
