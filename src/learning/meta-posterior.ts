import { factoriseUpper, solveTransposed, solveUpper } from "../numeric/cholesky.ts";
import type { RandomStream } from "../numeric/random.ts";

/** What is believed of the weights before a scenario has shown anything: independent normals. */
export interface MetaPrior {
  readonly mean: readonly number[];
  /** Positive. */
  readonly variance: readonly number[];
  /** Variance of a difference that no weights explain, in squared shares of the serving value; positive. */
  readonly misfit: number;
}

/**
 * Sums over what was judged, older cycles forgotten: Σ b·bᵀ/σ² (lower triangle, packed by rows) and Σ b·y/σ². Plain numbers,
 * so that they go from cycle to cycle as JSON.
 */
export interface MetaEvidence {
  readonly precision: readonly number[];
  readonly projection: readonly number[];
}

export interface MetaObservation {
  /** b(x, ω). */
  readonly features: Float64Array;
  /** y: paired difference as a share of the serving value. */
  readonly difference: number;
  /** Of y; infinite where the rows tell nothing. */
  readonly standardError: number;
}

export const noEvidence = (size: number): MetaEvidence => ({
  precision: new Array<number>((size * (size + 1)) / 2).fill(0),
  projection: new Array<number>(size).fill(0),
});

/**
 * Adds a cycle's observations; noise of each is its squared standard error and the prior's misfit.
 * @param retention share of the earlier evidence that still counts, in [0, 1]
 */
export function addEvidence(
  { precision, projection }: MetaEvidence,
  observations: readonly MetaObservation[],
  { misfit, retention }: { readonly misfit: number; readonly retention: number },
): MetaEvidence {
  const sums = precision.map((value) => retention * value);
  const projected = projection.map((value) => retention * value);
  for (const { features, difference, standardError } of observations) {
    const weight = 1 / (standardError ** 2 + misfit);
    if (!Number.isFinite(difference) || !(weight > 0)) continue;
    for (let row = 0, cell = 0; row < features.length; row++) {
      const weighted = weight * features[row]!;
      projected[row]! += weighted * difference;
      for (let column = 0; column <= row; column++) sums[cell++]! += weighted * features[column]!;
    }
  }
  return { precision: sums, projection: projected };
}

/** What is believed of a setting, as shares of the serving value: mean and standard deviation of bᵀβ. */
export interface MetaPrediction {
  readonly predicted: number;
  readonly predictedDeviation: number;
}

/** Bayesian linear regression (Bishop 2006, section 3.3): weights β ~ N(m, Λ⁻¹) given prior and evidence. */
export interface MetaPosterior {
  /** m. */
  readonly mean: Float64Array;
  predict(features: Float64Array): MetaPrediction;
  /** One draw of β. */
  draw(random: RandomStream): Float64Array;
}

export function inferPosterior(prior: MetaPrior, evidence: MetaEvidence): MetaPosterior {
  const size = prior.mean.length;
  const matrix = new Float64Array(size * size);
  const mean = new Float64Array(size);
  for (let row = 0, cell = 0; row < size; row++) {
    for (let column = 0; column <= row; column++)
      matrix[column * size + row] = evidence.precision[cell++]!;
    matrix[row * size + row]! += 1 / prior.variance[row]!;
    mean[row] = evidence.projection[row]! + prior.mean[row]! / prior.variance[row]!;
  }
  factoriseUpper(matrix, size);
  solveTransposed(matrix, size, mean);
  solveUpper(matrix, size, mean);
  return {
    mean,
    predict: (features) => {
      const root = Float64Array.from(features);
      solveTransposed(matrix, size, root);
      return { predicted: dot(features, mean), predictedDeviation: Math.sqrt(dot(root, root)) };
    },
    draw: (random) => {
      const noise = Float64Array.from(mean, () => random.normal());
      solveUpper(matrix, size, noise);
      return noise.map((value, index) => value + mean[index]!);
    },
  };
}

export function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}
