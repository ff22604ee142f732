import { factorise, factoriseUpper } from "../numeric/cholesky.ts";
import { dot } from "../numeric/dot.ts";
import type { RandomStream } from "../numeric/random.ts";
import { type Belief, isTold, type JudgedDifferences } from "./meta-posterior.ts";

/**
 * The belief after the rows (Bishop 2006, section 2.3.3): with gain G = K·(K + C)⁻¹ the mean goes
 * G·(y − mean) of the way, and the covariance is K − G·K. The errors C of settings that choose
 * alike are alike too, so rows with little information about each can still show the better one.
 */
export function updateBelief(belief: Belief, judged: JudgedDifferences): Belief {
  if (!isTold(judged)) return belief;
  const size = belief.mean.length;
  const { covariance: prior } = belief;
  const solve = factorise(
    prior.map((value, cell) => value + judged.covariance[cell]!),
    size,
  );
  const gains = Array.from({ length: size }, (_, j) =>
    solve(prior.subarray(j * size, (j + 1) * size)),
  );
  const surprise = belief.mean.map((value, j) => judged.differences[j]! - value);
  return {
    mean: belief.mean.map((value, j) => value + dot(gains[j]!, surprise)),
    covariance: prior.map((value, cell) => {
      const [row, column] = [Math.floor(cell / size), cell % size];
      return value - dot(gains[row]!, prior.subarray(column * size, (column + 1) * size));
    }),
  };
}

/** Leave a probability known to about a hundredth. */
const draws = 2000;
/**
 * A hundredth of a percent, squared: below it settings need not be distinguished, and rounding
 * leaves a sure belief positive definite.
 */
const smallestVariance = 1e-8;

/**
 * Probability matching (Thompson 1933): how probable it is of each setting that it is worth the most, and of doing nothing, which is
 * worth 0; counted over draws from the belief.
 * @returns J + 1 numbers that sum to one, that of doing nothing last
 */
export function bestProbabilities(
  { mean, covariance }: Belief,
  random: RandomStream,
): readonly number[] {
  const size = mean.length;
  const upper = covariance.slice();
  for (let j = 0; j < size; j++) upper[j * (size + 1)]! += smallestVariance;
  factoriseUpper(upper, size);
  const counts = new Array<number>(size + 1).fill(0);
  for (let draw = 0; draw < draws; draw++) counts[drawBest(mean, upper, random)]!++;
  return counts.map((count) => count / draws);
}

/** Index of the largest of mean + Rᵀ·z, or their number if none is above 0. */
function drawBest(mean: Float64Array, upper: Float64Array, random: RandomStream): number {
  const size = mean.length;
  const worth = mean.slice();
  for (let row = 0; row < size; row++) {
    const noise = random.normal();
    for (let column = row; column < size; column++)
      worth[column]! += noise * upper[row * size + column]!;
  }
  const largest = Math.max(0, ...worth);
  return largest > 0 ? worth.indexOf(largest) : size;
}
