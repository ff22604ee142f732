import type { BilinearScores, FeatureTable } from "../../domain/bandit-world.ts";

/** Users and items by their features: the input of linear models. */
export interface BilinearFeatures {
  readonly users: FeatureTable;
  readonly items: FeatureTable;
  /** Room for xᵀ·W: an array for each score would cost as much as the score. */
  readonly projection: Float64Array;
}

export const createBilinearFeatures = (
  users: FeatureTable,
  items: FeatureTable,
): BilinearFeatures => ({
  users,
  items,
  projection: new Float64Array(items.width),
});

/** A user with the items it may be shown. */
export interface Offer {
  readonly user: number;
  /** Item numbers of the candidates, K of them. */
  readonly items: Int32Array;
}

export const emptyScores = ({ users, items }: BilinearFeatures): BilinearScores => ({
  weights: new Float64Array(users.width * items.width),
  biases: new Float64Array(items.values.length / items.width),
});

/** xᵀ·W of a user, [item width]. */
function project(
  { users, items, projection: projected }: BilinearFeatures,
  weights: Float64Array,
  user: number,
): Float64Array {
  projected.fill(0);
  for (let row = 0; row < users.width; row++) {
    const x = users.values[user * users.width + row]!;
    for (let column = 0; column < items.width; column++) {
      projected[column]! += x * weights[row * items.width + column]!;
    }
  }
  return projected;
}

/** xᵀ·W·y + b of each candidate, [K]. @param scores array for the result; default: a new array */
export function scoreOffer(
  features: BilinearFeatures,
  { weights, biases }: BilinearScores,
  { user, items }: Offer,
  scores: Float64Array = new Float64Array(items.length),
): Float64Array {
  const { width, values } = features.items;
  const projected = project(features, weights, user);
  for (let a = 0; a < scores.length; a++) {
    const item = items[a]!;
    let sum = biases[item]!;
    for (let column = 0; column < width; column++) {
      sum += projected[column]! * values[item * width + column]!;
    }
    scores[a] = sum;
  }
  return scores;
}

/**
 * Adds dL/dW and dL/db to `into`, given dL/dscore of each candidate: Σ_a g_a·x·y_aᵀ, and g_a at the candidate's bias.
 * @param into as long as the weights and the biases together
 */
export function addGradient(
  { users, items: table, projection: sum }: BilinearFeatures,
  { user, items }: Offer,
  { gradient, into }: { readonly gradient: Float64Array; readonly into: Float64Array },
): void {
  const { width, values } = table;
  sum.fill(0);
  const biasStart = users.width * width;
  for (let a = 0; a < items.length; a++) {
    const item = items[a]!;
    into[biasStart + item]! += gradient[a]!;
    for (let column = 0; column < width; column++) {
      sum[column]! += gradient[a]! * values[item * width + column]!;
    }
  }
  for (let row = 0; row < users.width; row++) {
    const x = users.values[user * users.width + row]!;
    for (let column = 0; column < width; column++) into[row * width + column]! += x * sum[column]!;
  }
}
