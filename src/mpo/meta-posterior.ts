import { factoriseUpper, solveTransposed, solveUpper } from "../numeric/cholesky.ts";
import { dot } from "../numeric/dot.ts";
import type { RandomStream } from "../numeric/random.ts";

/** Belief about the weights before a scenario has feedback: independent normals. */
export interface MetaPrior {
  readonly mean: readonly number[];
  /** Positive. */
  readonly variance: readonly number[];
  /** Variance of a difference that no weights explain, in squared shares of the serving value; positive. */
  readonly misfit: number;
}

/**
 * Sums over the cycles that were judged, older ones forgotten: Σ Bᵀ·S⁻¹·B (lower triangle, packed
 * by rows) and Σ Bᵀ·S⁻¹·y, where S is the covariance of a cycle's errors and the misfit. Plain
 * numbers, so they pass from cycle to cycle as JSON.
 */
export interface MetaEvidence {
  readonly precision: readonly number[];
  readonly projection: readonly number[];
}

/** Joint belief about J settings, as shares of the serving value: N(mean, covariance). */
export interface Belief {
  readonly mean: Float64Array;
  /** [J × J], row-major. */
  readonly covariance: Float64Array;
}

/** The rows' judgement of them. */
export interface JudgedDifferences {
  /** As shares of the serving value. */
  readonly differences: readonly number[];
  /** Of their errors, [J × J], row-major; infinite if the rows have no information. */
  readonly covariance: Float64Array;
}

export const isTold = ({ differences, covariance }: JudgedDifferences): boolean =>
  differences.every(Number.isFinite) && covariance.every(Number.isFinite);

/** A cycle's settings, judged on the same rows. */
export interface MetaObservations extends JudgedDifferences {
  /** b(x, ω) of each. */
  readonly features: readonly Float64Array[];
}

export const noEvidence = (size: number): MetaEvidence => ({
  precision: new Array<number>((size * (size + 1)) / 2).fill(0),
  projection: new Array<number>(size).fill(0),
});

/** Combinations R⁻ᵀ·[B, y] of a cycle's observations, S = RᵀR, whose errors are independent with variance 1. */
function whiten({ features, differences, covariance }: MetaObservations, misfit: number) {
  const size = features.length;
  const upper = covariance.map((value, cell) => value + (cell % (size + 1) === 0 ? misfit : 0));
  factoriseUpper(upper, size);
  const rows = features.map((one, j) => Float64Array.of(...one, differences[j]!));
  for (const [j, row] of rows.entries()) {
    for (let i = 0; i < row.length; i++) row[i]! /= upper[j * size + j]!;
    for (let later = j + 1; later < size; later++)
      for (let i = 0; i < row.length; i++) rows[later]![i]! -= upper[j * size + later]! * row[i]!;
  }
  return rows.map((row) => ({ features: row.subarray(0, -1), difference: row.at(-1)! }));
}

/**
 * Adds a cycle's observations; their noise is the covariance of their errors and, of each its own, the prior's misfit.
 * @param retention share of the earlier evidence that still counts, in [0, 1]
 */
export function addEvidence(
  { precision, projection }: MetaEvidence,
  observations: MetaObservations,
  { misfit, retention }: { readonly misfit: number; readonly retention: number },
): MetaEvidence {
  const sums = precision.map((value) => retention * value);
  const projected = projection.map((value) => retention * value);
  for (const { features, difference } of isTold(observations) ? whiten(observations, misfit) : []) {
    for (let row = 0, cell = 0; row < features.length; row++) {
      projected[row]! += features[row]! * difference;
      for (let column = 0; column <= row; column++)
        sums[cell++]! += features[row]! * features[column]!;
    }
  }
  return { precision: sums, projection: projected };
}

/** Bayesian linear regression (Bishop 2006, section 3.3): weights β ~ N(m, Λ⁻¹) given prior and evidence. */
export interface MetaPosterior {
  /** m. */
  readonly mean: Float64Array;
  /** Joint belief about bᵀβ for some features. */
  predict(features: readonly Float64Array[]): Belief;
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
      const roots = features.map((one) => {
        const root = one.slice();
        solveTransposed(matrix, size, root);
        return root;
      });
      return {
        mean: Float64Array.from(features, (one) => dot(one, mean)),
        covariance: Float64Array.from(
          roots.flatMap((left) => roots.map((right) => dot(left, right))),
        ),
      };
    },
    draw: (random) => {
      const noise = Float64Array.from(mean, () => random.normal());
      solveUpper(matrix, size, noise);
      return noise.map((value, index) => value + mean[index]!);
    },
  };
}
