import { factoriseUpper, solveTransposed, solveUpper } from "../numeric/cholesky.ts";
import { dot } from "../numeric/dot.ts";
import type { MetaPrior } from "./meta-posterior.ts";

/** A setting in a context with its true worth, as it is known in simulation. */
export interface MetaExample {
  /** b(x, ω). */
  readonly features: Float64Array;
  /** y, as a share of the serving value. */
  readonly difference: number;
}

/** Sums over the examples of a world: n, Σ b·bᵀ (upper triangle, row-major), Σ b·y, Σ y². */
interface WorldSums {
  readonly count: number;
  readonly squares: Float64Array;
  readonly products: Float64Array;
  readonly energy: number;
}

function sumExamples(examples: readonly MetaExample[], size: number): WorldSums {
  const squares = new Float64Array(size * size);
  const products = new Float64Array(size);
  let energy = 0;
  for (const { features, difference } of examples) {
    energy += difference ** 2;
    for (let row = 0; row < size; row++) {
      const value = features[row]!;
      products[row]! += value * difference;
      for (let column = row; column < size; column++)
        squares[row * size + column]! += value * features[column]!;
    }
  }
  return { count: examples.length, squares, products, energy };
}

/** Posterior of one world's weights under a prior: mean m, variances on the diagonal of S, and E‖y − bᵀβ‖² over its examples. */
function inferWorld({ squares, products, energy }: WorldSums, prior: MetaPrior) {
  const size = products.length;
  const upper = squares.map((value) => value / prior.misfit);
  const mean = Float64Array.from(products, (value, row) => {
    const precision = 1 / prior.variance[row]!;
    upper[row * size + row]! += precision;
    return value / prior.misfit + precision * prior.mean[row]!;
  });
  factoriseUpper(upper, size);
  solveTransposed(upper, size, mean);
  solveUpper(upper, size, mean);
  const variance = new Float64Array(size);
  // tr(S·Σ b·bᵀ) = σ²·(d − tr(S·V⁻¹)), since S⁻¹ = Σ b·bᵀ/σ² + V⁻¹.
  let explained = size;
  for (let row = 0; row < size; row++) {
    const unit = new Float64Array(size);
    unit[row] = 1;
    solveTransposed(upper, size, unit);
    variance[row] = dot(unit, unit);
    explained -= variance[row]! / prior.variance[row]!;
  }
  let quadratic = 0;
  for (let row = 0; row < size; row++) {
    for (let column = row; column < size; column++)
      quadratic +=
        (row === column ? 1 : 2) * squares[row * size + column]! * mean[row]! * mean[column]!;
  }
  const error = energy - 2 * dot(products, mean) + quadratic + prior.misfit * explained;
  return { mean, variance, error };
}

const smallestVariance = 1e-6;

/**
 * The prior under which a family of worlds is most likely: weights of a world ~ N(μ, V) with a
 * diagonal V, differences ~ N(bᵀβ, misfit); by expectation–maximisation (Dempster, Laird & Rubin
 * 1977).
 * @param worlds examples by world
 * @param start start of the search; its sizes are those of the features
 */
export function fitPrior(
  worlds: readonly (readonly MetaExample[])[],
  start: MetaPrior,
  iterations = 30,
): MetaPrior {
  const size = start.mean.length;
  const sums = worlds.map((examples) => sumExamples(examples, size));
  const count = sums.reduce((total, world) => total + world.count, 0);
  let prior = start;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const inferred = sums.map((world) => inferWorld(world, prior));
    const mean = prior.mean.map(
      (_, row) => inferred.reduce((sum, world) => sum + world.mean[row]!, 0) / worlds.length,
    );
    const variance = mean.map((centre, row) =>
      Math.max(
        smallestVariance,
        inferred.reduce(
          (sum, world) => sum + world.variance[row]! + (world.mean[row]! - centre) ** 2,
          0,
        ) / worlds.length,
      ),
    );
    const error = inferred.reduce((sum, world) => sum + world.error, 0);
    prior = { mean, variance, misfit: Math.max(smallestVariance, error / count) };
  }
  return prior;
}
