import type { BilinearScores, FeatureTable } from "../../domain/bandit-world.ts";
import { bootstrapPair } from "../../learning/bootstrap-pair.ts";
import { memoryHalfLives } from "../../mpo/meta-settings.ts";
import { bootstraps } from "../../mpo/row-scores.ts";
import { factorise } from "../../numeric/cholesky.ts";
import type { RandomStream } from "../../numeric/random.ts";
import type { BilinearFeatures } from "./bilinear.ts";

/** A choice with its reward. */
export interface RewardedChoice {
  readonly user: number;
  readonly item: number;
  /** In [0, 1]. */
  readonly reward: number;
}

/**
 * Sufficient statistics of weighted least squares, a head an array [items × stride]: of each item Σw, Σw·r, Σw·x, Σw·r·x and the lower
 * triangle of Σw·x·xᵀ over the users x who were shown it. They add up, so old feedback is never read again.
 */
export type RewardSums = readonly Float64Array[];

/** Prior standard deviation of an effect, in shares of the mean reward. */
const priorShare = 0.5;
const strideOf = (width: number) => 2 + 2 * width + (width * (width + 1)) / 2;

export const emptySums = (
  { users, items }: BilinearFeatures,
  heads: number = memoryHalfLives.length * bootstraps,
): RewardSums =>
  Array.from(
    { length: heads },
    () => new Float64Array((items.values.length / items.width) * strideOf(users.width)),
  );

function addChoice(
  sums: Float64Array,
  { users: { width, values } }: BilinearFeatures,
  { user, item, reward, weight }: RewardedChoice & { readonly weight: number },
): void {
  let cell = item * strideOf(width);
  sums[cell++]! += weight;
  sums[cell++]! += weight * reward;
  const x = user * width;
  for (let row = 0; row < width; row++) sums[cell++]! += weight * values[x + row]!;
  for (let row = 0; row < width; row++) sums[cell++]! += weight * reward * values[x + row]!;
  for (let row = 0; row < width; row++) {
    for (let column = 0; column <= row; column++)
      sums[cell++]! += weight * values[x + row]! * values[x + column]!;
  }
}

/** Bootstrap counts of the heads for a choice. */
function drawCounts(random: RandomStream, into: Float64Array): void {
  for (let head = 0; head < into.length; head += bootstraps) into.set(bootstrapPair(random), head);
}

/**
 * Sums of new choices.
 * @param options.random of the bootstrap counts; default: every choice counts once
 */
export function sumChoices(
  features: BilinearFeatures,
  choices: readonly RewardedChoice[],
  options: { readonly random?: RandomStream; readonly heads?: number },
): RewardSums {
  const sums = emptySums(features, options.heads);
  const counts = new Float64Array(sums.length).fill(1);
  for (const choice of choices) {
    if (options.random) drawCounts(options.random, counts);
    for (let head = 0; head < sums.length; head++) {
      const weight = counts[head]!;
      if (weight > 0) addChoice(sums[head]!, features, { ...choice, weight });
    }
  }
  return sums;
}

export const addSums = (left: RewardSums, right: RewardSums): RewardSums =>
  left.map((head, index) => {
    const other = right[index]!;
    return head.map((value, cell) => value + other[cell]!);
  });

/** The sums a cycle later: each head forgets by its half-life. */
export const ageSums = (sums: RewardSums): RewardSums =>
  sums.map((head, index) => {
    const kept = 2 ** (-1 / memoryHalfLives[Math.floor(index / bootstraps)]!);
    return kept === 1 ? head : head.map((value) => kept * value);
  });

/** S += A ⊗ (y·yᵀ), on and below the diagonal: A [w × w] as its lower triangle, S row-major. */
function addKronecker(into: Float64Array, block: Float64Array, y: Float64Array): void {
  const width = y.length;
  let cell = 0;
  let p = 0;
  const size = Math.sqrt(into.length);
  while (p * width < size) {
    for (let q = 0; q <= p; q++) {
      const value = block[cell++]!;
      for (let row = 0; row < width; row++) {
        const start = (p * width + row) * size + q * width;
        const scaled = value * y[row]!;
        for (let column = 0; column < width; column++) into[start + column]! += scaled * y[column]!;
      }
    }
    p++;
  }
}

/** Σw, Σw·(r − r̄), Σw·x, Σw·(r − r̄)·x and Σw·x·xᵀ of an item. */
function readItem(
  sums: Float64Array,
  item: number,
  { width, mean }: { readonly width: number; readonly mean: number },
) {
  const start = item * strideOf(width);
  const weight = sums[start]!;
  const x = sums.subarray(start + 2, start + 2 + width);
  const rx = sums.subarray(start + 2 + width, start + 2 + 2 * width);
  return {
    weight,
    reward: sums[start + 1]! - mean * weight,
    x,
    rewardX: rx.map((value, row) => value - mean * x[row]!),
    squares: sums.subarray(start + 2 + 2 * width, start + strideOf(width)),
  };
}

/** xᵀ·W·y of an item. */
function bilinear(
  { width, values }: FeatureTable,
  weights: Float64Array,
  { x, item }: { readonly x: Float64Array; readonly item: number },
): number {
  let sum = 0;
  for (let row = 0; row < x.length; row++) {
    for (let column = 0; column < width; column++)
      sum += x[row]! * weights[row * width + column]! * values[item * width + column]!;
  }
  return sum;
}

/** Mean reward, and the ridge penalty λ = σ²/τ² of a prior deviation τ = 0.5·r̄ with σ² = r̄·(1 − r̄). */
function measure(sums: Float64Array, stride: number): { mean: number; ridge: number } {
  let weight = 0;
  let reward = 0;
  for (let start = 0; start < sums.length; start += stride) {
    weight += sums[start]!;
    reward += sums[start + 1]!;
  }
  if (weight === 0) return { mean: 0, ridge: 1 };
  const mean = reward / weight;
  // If nothing or everything was rewarded, as if one choice had gone the other way.
  const share = Math.min(1 - 1 / (weight + 1), Math.max(1 / (weight + 1), mean));
  return { mean, ridge: (1 - share) / (priorShare ** 2 * share) };
}

/** The normal equations of W with the items' effects eliminated: S and s of S·w = s. */
function eliminateItems(
  { users: { width }, items }: BilinearFeatures,
  sums: Float64Array,
  { mean, ridge }: { readonly mean: number; readonly ridge: number },
) {
  const size = width * items.width;
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  const block = new Float64Array((width * (width + 1)) / 2);
  for (let item = 0; item * strideOf(width) < sums.length; item++) {
    const { weight, reward, x, rewardX, squares } = readItem(sums, item, { width, mean });
    if (weight === 0) continue;
    const y = items.values.subarray(item * items.width, (item + 1) * items.width);
    let cell = 0;
    for (let row = 0; row < width; row++) {
      const share = x[row]! / (weight + ridge);
      for (let column = 0; column <= row; column++, cell++)
        block[cell] = squares[cell]! - share * x[column]!;
      for (let column = 0; column < y.length; column++)
        right[row * y.length + column]! += (rewardX[row]! - share * reward) * y[column]!;
    }
    addKronecker(matrix, block, y);
  }
  for (let cell = 0; cell < size; cell++) matrix[cell * size + cell]! += ridge;
  return { matrix, right, size };
}

/**
 * Ridge regression of the reward on x ⊗ y and an effect of each item, exactly. The items' effects
 * are eliminated from the normal equations (Schur complement). So the matrix to factorise is as
 * large as W, for any number of items.
 */
function solveHead(features: BilinearFeatures, sums: Float64Array): BilinearScores {
  const { width } = features.users;
  const { mean, ridge } = measure(sums, strideOf(width));
  const { matrix, right, size } = eliminateItems(features, sums, { mean, ridge });
  const weights = factorise(matrix, size)(right);
  const biases = Float64Array.from({ length: sums.length / strideOf(width) }, (_, item) => {
    const { weight, reward, x } = readItem(sums, item, { width, mean });
    return mean + (reward - bilinear(features.items, weights, { x, item })) / (weight + ridge);
  });
  return { weights, biases };
}

/**
 * Reward heads r̂ = xᵀ·W·y + b, memory-major as in `RowScores`; b of an item that was never shown
 * is the mean reward.
 */
export const solveRewards = (
  features: BilinearFeatures,
  sums: RewardSums,
): readonly BilinearScores[] => sums.map((head) => solveHead(features, head));
