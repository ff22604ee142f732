import {
  factoriseUpper,
  solveTransposed,
  solveUpper,
  updateFactor,
} from "../../numeric/cholesky.ts";
import { dot } from "../../numeric/dot.ts";
import type { RandomStream } from "../../numeric/random.ts";
import type { RegressionMoments } from "./evident-priors.ts";
import {
  checkHeadOptions,
  createHeadState,
  type HeadState,
  type LinearHeadOptions,
  noiseObservations,
} from "./head-state.ts";

/**
 * Bayesian linear regression of a target on features, an event at a time, with forgetting towards the prior N(0, σ²/λ·I):
 * A ← γA + x·xᵀ + (1 − γ)λI, b ← γb + x·y, posterior N(A⁻¹b, σ²A⁻¹). Same events, same state, bit for bit.
 */
export interface LinearHead {
  /** @throws RangeError on features or a target that are not finite */
  update(x: Float64Array, target: number): void;
  /** Posterior mean of the target, xᵀA⁻¹b. */
  predict(x: Float64Array): number;
  /** xᵀA⁻¹x: times `noiseVariance()` the posterior variance of `predict`. */
  spread(x: Float64Array): number;
  /** σ²: mean of the squared errors of predictions, each made before its event and divided by 1 + its spread. */
  noiseVariance(): number;
  /** One weight vector of N(A⁻¹b, scale²·σ²·A⁻¹). @param scale v ≥ 0; 0 gives the mean @returns without optional features if these are turned down */
  draw(random: RandomStream, scale: number): Float64Array;
  /** Another λ from now on; all events stay learnt. @throws RangeError if it is not above 0 */
  setPrior(precision: number): void;
  /** Of the events, without the prior. */
  moments(): RegressionMoments;
  /** All of the state: a head that is decoded from it continues as this one, bit for bit. */
  encode(): Uint8Array;
}

/** A head that tells how well it foretold an event. */
export interface ForetellingHead extends LinearHead {
  /** @returns log N(target; prediction, σ²·(1 + spread)) of before the event, up to a constant */
  update(x: Float64Array, target: number): number;
}

/** A ← γA + x·xᵀ + (1 − γ)λI, the upper triangle, and b ← γb + x·y. */
function updateSums(
  { matrix, right }: HeadState,
  { size, forgetting, priorPrecision }: LinearHeadOptions,
  { x, target }: { readonly x: Float64Array; readonly target: number },
): void {
  for (let row = 0; row < size; row++) {
    const start = row * size;
    const value = x[row]!;
    right[row] = forgetting * right[row]! + value * target;
    for (let column = row; column < size; column++)
      matrix[start + column] = forgetting * matrix[start + column]! + value * x[column]!;
    matrix[start + row]! += (1 - forgetting) * priorPrecision;
  }
}

/** R from A, which removes the rounding of rotations. */
function renewFactor({ counts, matrix, factor }: HeadState, size: number): void {
  factor.set(matrix);
  factoriseUpper(factor, size);
  counts[0] = 0;
}

/** A with another λ. @returns the options with it */
function changePrior(
  state: HeadState,
  options: LinearHeadOptions,
  priorPrecision: number,
): LinearHeadOptions {
  const { size } = options;
  const renewed = { ...options, priorPrecision };
  checkHeadOptions(renewed);
  const added = priorPrecision - options.priorPrecision;
  if (added === 0) return options;
  for (let row = 0; row < size; row++) state.matrix[row * size + row]! += added;
  renewFactor(state, size);
  return renewed;
}

/**
 * R of the updated A.
 * @param x is overwritten
 */
function advanceFactor(
  state: HeadState,
  { size, forgetting }: LinearHeadOptions,
  x: Float64Array,
): void {
  state.counts[0]! += 1;
  // A rotation has no room for (1 − γ)λI, which has full rank: it is added here.
  if (state.counts[0] === size) renewFactor(state, size);
  else updateFactor(state.factor, size, { x, keep: forgetting });
}

function updateNoise(
  { counts }: HeadState,
  { forgetting, noiseVariance }: LinearHeadOptions,
  squaredError: number,
): void {
  const restored = (1 - forgetting) * noiseObservations;
  counts[1] = forgetting * counts[1]! + restored * noiseVariance + squaredError;
  counts[2] = forgetting * counts[2]! + restored + 1;
}

function momentsOf(
  { matrix, right }: HeadState,
  { size, priorPrecision }: LinearHeadOptions,
): RegressionMoments {
  let [trace, squares] = [0, 0];
  for (let row = 0; row < size; row++) {
    const diagonal = matrix[row * size + row]! - priorPrecision;
    trace += diagonal;
    squares += diagonal ** 2;
    for (let column = row + 1; column < size; column++)
      squares += 2 * matrix[row * size + column]! ** 2;
  }
  return { targets: dot(right, right), trace, squares };
}

/** One draw of N(mean, deviation²·A⁻¹). */
function drawAround(
  mean: Float64Array,
  factor: Float64Array,
  { random, deviation }: { readonly random: RandomStream; readonly deviation: number },
): Float64Array {
  const size = mean.length;
  const weights = new Float64Array(size);
  for (let index = 0; index < size; index++) weights[index] = deviation * random.normal();
  solveUpper(factor, size, weights);
  for (let index = 0; index < size; index++) weights[index]! += mean[index]!;
  return weights;
}

/** @throws RangeError on an option out of range, on bytes of another size or with a number that is not finite */
export function createLinearHead(given: LinearHeadOptions, bytes?: Uint8Array): ForetellingHead {
  const { size } = given;
  let options = given;
  const state = createHeadState(options, bytes);
  const { all, counts, right, factor } = state;
  const scratch = new Float64Array(size);
  const mean = new Float64Array(size);
  let meanIsCurrent = false;

  function readMean(): Float64Array {
    if (meanIsCurrent) return mean;
    mean.set(right);
    solveTransposed(factor, size, mean);
    solveUpper(factor, size, mean);
    meanIsCurrent = true;
    return mean;
  }

  const predict = (x: Float64Array) => dot(readMean(), x);

  function spread(x: Float64Array): number {
    scratch.set(x);
    solveTransposed(factor, size, scratch);
    return dot(scratch, scratch);
  }

  const noiseVariance = () => counts[1]! / counts[2]!;

  function update(x: Float64Array, target: number): number {
    if (x.length !== size) throw new RangeError(`${x.length} features, expected ${size}`);
    const error = target - predict(x);
    const doubt = 1 + spread(x);
    const squaredError = (error * error) / doubt;
    const noise = noiseVariance();
    if (!Number.isFinite(squaredError))
      throw new RangeError("features and target of an event must be finite");
    updateNoise(state, options, squaredError);
    updateSums(state, options, { x, target });
    scratch.set(x);
    advanceFactor(state, options, scratch);
    meanIsCurrent = false;
    return -(Math.log(noise * doubt) + squaredError / noise) / 2;
  }

  return {
    update,
    setPrior: (precision) => {
      options = changePrior(state, options, precision);
      meanIsCurrent = false;
    },
    predict,
    spread,
    noiseVariance,
    moments: () => momentsOf(state, options),
    draw: (random, scale) =>
      drawAround(readMean(), factor, { random, deviation: scale * Math.sqrt(noiseVariance()) }),
    encode: () => new Uint8Array(all.slice().buffer),
  };
}
