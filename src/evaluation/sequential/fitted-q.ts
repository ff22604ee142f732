import { EngineError } from "../../domain/errors.ts";
import { factorise } from "../../numeric/cholesky.ts";
import { checkLength, checkNumber, checkNumbers } from "../checks.ts";
import { checkStarts, type Starts } from "./steps.ts";
import { checkDiscount } from "./trajectory-estimators.ts";

/** Trajectories with features of the logged action and of the target policy. */
export interface FittedQInput {
  /** r of each step, the trajectories one after another. */
  readonly rewards: Float64Array;
  readonly starts: Starts;
  /** φ(s_t, a_t) of the logged action: steps × width, row-major. */
  readonly features: Float64Array;
  /** Σ_a π(a|s_t)·φ(s_t, a) of the target policy, same shape. */
  readonly expectedFeatures: Float64Array;
  /** γ in [0, 1]; default 1. */
  readonly discount?: number;
  /** λ > 0, added to the diagonal of ΦᵀΦ: unseen features count as 0. Default 1e-6. */
  readonly ridge?: number;
}

/** Q̂ = φ·θ on the logged steps: the model that `sequentialDoublyRobust` and `sequentialDirectMethod` take. */
export interface FittedQ {
  readonly directValues: Float64Array;
  readonly predictions: Float64Array;
  /** θ. */
  readonly coefficients: Float64Array;
  readonly iterations: number;
}

const mostIterations = 10_000;

/** Relative change of the targets at which they count as settled. */
const settled = 1e-12;

const finite = {
  low: -1e100,
  high: 1e100,
  expected: "a finite number",
  remedy: "leave out trajectories without usable numbers",
};

function check(input: FittedQInput): number {
  const { rewards, starts, features, expectedFeatures } = input;
  checkStarts(starts, rewards.length);
  const width = features.length / rewards.length;
  if (!Number.isInteger(width) || width === 0) {
    throw new EngineError(
      "invalid_request",
      `features must have the same number of columns in each of the ${rewards.length} rows, got ${features.length} entries; pass them row by row`,
      { details: { field: "features", value: features.length } },
    );
  }
  checkLength("expectedFeatures", expectedFeatures.length, features.length, "features");
  for (const [field, values] of Object.entries({ rewards, features, expectedFeatures })) {
    checkNumbers(field, values, finite);
  }
  const remedy = "pass a small number such as 1e-6";
  checkNumber("ridge", input.ridge ?? 1, { low: 1e-12, high: 1e12, expected: "above 0", remedy });
  return width;
}

/** Rows of a matrix times a vector. */
const multiply = (matrix: Float64Array, vector: Float64Array) =>
  Float64Array.from({ length: matrix.length / vector.length }, (_, row) =>
    vector.reduce((sum, value, k) => sum + matrix[row * vector.length + k]! * value, 0),
  );

/** Φᵀ·y. */
function project(features: Float64Array, values: Float64Array): Float64Array {
  const width = features.length / values.length;
  const sums = new Float64Array(width);
  for (const [place, feature] of features.entries()) {
    if (feature !== 0) sums[place % width]! += feature * values[Math.floor(place / width)]!;
  }
  return sums;
}

/** ΦᵀΦ + λI. */
function gram(features: Float64Array, width: number, ridge: number): Float64Array {
  const matrix = new Float64Array(width * width);
  for (let offset = 0; offset < features.length; offset += width) {
    for (let j = 0; j < width; j++) {
      const feature = features[offset + j]!;
      if (feature === 0) continue;
      for (let k = 0; k < width; k++) matrix[j * width + k]! += feature * features[offset + k]!;
    }
  }
  for (let j = 0; j < width; j++) matrix[j * width + j]! += ridge;
  return matrix;
}

/** y_t = r_t + γ·Σ_a π(a|s_{t+1})·Q̂(s_{t+1}, a); the last step of a trajectory has nothing after it. */
function bootstrapTargets(input: FittedQInput, directValues: Float64Array): Float64Array {
  const { rewards, starts, discount = 1 } = input;
  const targets = rewards.map((reward, row) =>
    row + 1 === rewards.length ? reward : reward + discount * directValues[row + 1]!,
  );
  for (const start of starts.subarray(1)) targets[start - 1] = rewards[start - 1]!;
  return targets;
}

/**
 * Fitted Q evaluation with a linear model: θ_{k+1} = (ΦᵀΦ + λI)⁻¹·Φᵀy(θ_k), y_t = r_t + γ·Σ_a
 * π(a|s_{t+1})·Q̂_k(s_{t+1}, a), until y converges. Le, Voloshin & Yue 2019, algorithm 3. Tabular
 * with the features of `tabularFeatures`; with the step as part of the state it is exact dynamic
 * programming on the observed frequencies. It needs no propensities; a model that cannot hold Q is
 * wrong however many rows there are.
 * @returns undefined if the iteration doesn't converge: lower the discount or take features that
 * distinguish states
 * @throws invalid_request for shapes that don't fit, numbers that aren't finite, a discount outside
 * [0, 1], a ridge not above 0
 */
export function fittedQEvaluation(input: FittedQInput): FittedQ | undefined {
  checkDiscount(input.discount);
  const width = check(input);
  const { features, expectedFeatures, ridge = 1e-6 } = input;
  const solve = factorise(gram(features, width, ridge), width);
  let targets = bootstrapTargets(input, new Float64Array(input.rewards.length));
  for (let iterations = 1; iterations <= mostIterations; iterations++) {
    const coefficients = solve(project(features, targets));
    const directValues = multiply(expectedFeatures, coefficients);
    const next = bootstrapTargets(input, directValues);
    const change = next.reduce((most, y, row) => Math.max(most, Math.abs(y - targets[row]!)), 0);
    const size = next.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
    targets = next;
    if (!(size < finite.high)) return undefined;
    if (change > settled * size) continue;
    return {
      directValues,
      predictions: multiply(features, coefficients),
      coefficients,
      iterations,
    };
  }
  return undefined;
}
