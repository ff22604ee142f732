import {
  factoriseUpper,
  solveTransposed,
  solveUpper,
  updateFactor,
} from "../../numeric/cholesky.ts";
import type { RandomStream } from "../../numeric/random.ts";

export interface LinearHeadOptions {
  /** d, features of an event. */
  readonly size: number;
  /**
   * λ > 0: weight of the prior beside an event's squared feature; the prior of a weight has
   * variance σ²/λ.
   */
  readonly priorPrecision: number;
  /**
   * γ in (0, 1]: factor on the weight of earlier events at each event; it remembers about 1/(1 − γ)
   * of them.
   */
  readonly forgetting: number;
  /** σ² > 0 before any event, in squared units of the target. */
  readonly noiseVariance: number;
}

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
  /** One weight vector of N(A⁻¹b, scale²·σ²·A⁻¹). @param scale v ≥ 0; 0 gives the mean */
  draw(random: RandomStream, scale: number): Float64Array;
  /** All of the state: a head that is decoded from it continues as this one, bit for bit. */
  encode(): Uint8Array;
}

/** Number of events with the same weight as the first σ². */
const noiseObservations = 10;
/** @throws RangeError that names the option out of range */
function checkOptions(options: LinearHeadOptions): void {
  const { size, priorPrecision, forgetting, noiseVariance } = options;
  const refuse = (name: string, value: number, range: string) => {
    throw new RangeError(`${name} is ${value}; it must be ${range}`);
  };
  if (!(Number.isInteger(size) && size >= 1)) refuse("size", size, "an integer of at least 1");
  const isPositive = (value: number) => value > 0 && Number.isFinite(value);
  if (!isPositive(priorPrecision)) refuse("priorPrecision", priorPrecision, "above 0");
  if (!(forgetting > 0 && forgetting <= 1)) refuse("forgetting", forgetting, "in (0, 1]");
  if (!isPositive(noiseVariance)) refuse("noiseVariance", noiseVariance, "above 0");
}

/** All of a head's numbers in one array, so that encoding it is a copy. */
function createState(size: number) {
  const all = new Float64Array(3 + size + 2 * size * size);
  const matrixStart = 3 + size;
  return {
    all,
    /** Events since the last factorisation; sum and weight of the squared errors. */
    counts: all.subarray(0, 3),
    right: all.subarray(3, matrixStart),
    // Upper triangles of A and of R with A = RᵀR.
    matrix: all.subarray(matrixStart, matrixStart + size * size),
    factor: all.subarray(matrixStart + size * size),
  };
}

function restore(all: Float64Array, bytes: Uint8Array): void {
  if (bytes.length !== all.byteLength)
    throw new RangeError(`an encoded head has ${bytes.length} bytes, expected ${all.byteLength}`);
  all.set(new Float64Array(bytes.slice().buffer));
  if (!all.every(Number.isFinite))
    throw new RangeError("an encoded head has a number that is not finite");
}

/** @throws RangeError on an option out of range, on bytes of another size or with a number that is not finite */
export function createLinearHead(options: LinearHeadOptions, bytes?: Uint8Array): LinearHead {
  checkOptions(options);
  const { size, priorPrecision, forgetting, noiseVariance: firstVariance } = options;
  const { all, counts, right, matrix, factor } = createState(size);
  const mean = new Float64Array(size);
  let meanIsCurrent = false;
  const scratch = new Float64Array(size);

  function startFromPrior(): void {
    counts.set([0, noiseObservations * firstVariance, noiseObservations]);
    for (let row = 0; row < size; row++) {
      matrix[row * size + row] = priorPrecision;
      factor[row * size + row] = Math.sqrt(priorPrecision);
    }
  }

  function readMean(): Float64Array {
    if (meanIsCurrent) return mean;
    mean.set(right);
    solveTransposed(factor, size, mean);
    solveUpper(factor, size, mean);
    meanIsCurrent = true;
    return mean;
  }

  function predict(x: Float64Array): number {
    const weights = readMean();
    let sum = 0;
    for (let index = 0; index < size; index++) sum += weights[index]! * x[index]!;
    return sum;
  }

  function spread(x: Float64Array): number {
    scratch.set(x);
    solveTransposed(factor, size, scratch);
    let sum = 0;
    for (let index = 0; index < size; index++) sum += scratch[index]! * scratch[index]!;
    return sum;
  }

  const noiseVariance = () => counts[1]! / counts[2]!;

  function updateNoise(squaredError: number): void {
    const restored = (1 - forgetting) * noiseObservations;
    counts[1] = forgetting * counts[1]! + restored * firstVariance + squaredError;
    counts[2] = forgetting * counts[2]! + restored + 1;
  }

  function updateMatrix(x: Float64Array): void {
    for (let row = 0; row < size; row++) {
      const start = row * size;
      const value = x[row]!;
      for (let column = row; column < size; column++)
        matrix[start + column] = forgetting * matrix[start + column]! + value * x[column]!;
      matrix[start + row]! += (1 - forgetting) * priorPrecision;
    }
  }

  function advanceFactor(x: Float64Array): void {
    counts[0]! += 1;
    if (counts[0] === size) {
      // A rotation has no room for (1 − γ)λI, which has full rank: it is added here, and rounding
      // is removed.
      factor.set(matrix);
      factoriseUpper(factor, size);
      counts[0] = 0;
    } else {
      scratch.set(x);
      updateFactor(factor, size, { x: scratch, keep: forgetting });
    }
    meanIsCurrent = false;
  }

  function update(x: Float64Array, target: number): void {
    if (x.length !== size) throw new RangeError(`${x.length} features, expected ${size}`);
    const error = target - predict(x);
    const squaredError = (error * error) / (1 + spread(x));
    if (!Number.isFinite(squaredError))
      throw new RangeError("features and target of an event must be finite");
    updateNoise(squaredError);
    updateMatrix(x);
    for (let index = 0; index < size; index++)
      right[index] = forgetting * right[index]! + x[index]! * target;
    advanceFactor(x);
  }

  if (bytes === undefined) startFromPrior();
  else restore(all, bytes);
  return {
    update,
    predict,
    spread,
    noiseVariance,
    draw: (random, scale) => {
      const weights = new Float64Array(size);
      const deviation = scale * Math.sqrt(noiseVariance());
      for (let index = 0; index < size; index++) weights[index] = deviation * random.normal();
      solveUpper(factor, size, weights);
      const center = readMean();
      for (let index = 0; index < size; index++) weights[index]! += center[index]!;
      return weights;
    },
    encode: () => new Uint8Array(all.slice().buffer),
  };
}
