import { setImmediate } from "node:timers/promises";
import { createRandom } from "../../numeric/random.ts";
import type { UserRating } from "./read-ratings.ts";
import { solveRidge } from "./solve-ridge.ts";

export interface RatingSettings {
  /** d; 0 leaves the biases alone. */
  readonly width: number;
  /** λ > 0. */
  readonly regularisation: number;
  readonly epochs: number;
  /** Unsigned 32-bit integer. */
  readonly seed: number;
}

/** A prediction of ratings, within the range of those that it was fitted to. */
export interface RatingPredictor {
  predict(user: number, item: number): number;
}

/** Spread of the factors at the start. */
const startSpread = 0.1;

/** Parameters of all users or all items. */
interface Side {
  readonly biases: Float64Array;
  /** 1, the factor of the other side's bias, then its own factors. */
  readonly rows: readonly Float64Array[];
}

const createSide = (count: number, width: number, draw: () => number): Side => ({
  biases: new Float64Array(count),
  rows: Array.from({ length: count }, () =>
    Float64Array.from({ length: 1 + width }, (_, index) => (index === 0 ? 1 : draw())),
  ),
});

/** A rating by one side, with the number on the other. */
interface OwnRating {
  readonly other: number;
  readonly value: number;
  readonly weight: number;
}

function group(
  ratings: readonly UserRating[],
  count: number,
  [own, other]: readonly ["user" | "item", "user" | "item"],
): OwnRating[][] {
  const groups: OwnRating[][] = Array.from({ length: count }, () => []);
  for (const { [own]: index, [other]: partner, value, weight = 1 } of ratings)
    groups[index]!.push({ other: partner, value, weight });
  return groups;
}

const scale = (row: Float64Array, factor: number) =>
  factor === 1 ? row : row.map((value) => factor * value);

/** ω-weighted mean of the values. @param ratings at least one */
export function meanRating(ratings: readonly UserRating[]): number {
  const total = ratings.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return ratings.reduce((sum, { value, weight = 1 }) => sum + weight * value, 0) / total;
}

/** Each bias and vector of a side at its minimum, given the other side. */
function improve(
  side: Side,
  others: Side,
  {
    groups,
    mean,
    regularisation,
  }: {
    readonly groups: ReturnType<typeof group>;
    readonly mean: number;
    readonly regularisation: number;
  },
): void {
  for (const [index, own] of groups.entries()) {
    const row = side.rows[index]!;
    const rows = own.map(({ other, weight }) => scale(others.rows[other]!, Math.sqrt(weight)));
    const targets = own.map(
      ({ other, value, weight }) => Math.sqrt(weight) * (value - mean - others.biases[other]!),
    );
    const total = own.reduce((sum, { weight }) => sum + weight, 0);
    const ridge = regularisation * Math.max(1, total);
    const [bias = 0, ...factors] = solveRidge(rows, targets, { width: row.length, ridge });
    side.biases[index] = bias;
    row.set(factors, 1);
  }
}

/**
 * r̂ = μ + b_u + b_i + p_u·q_i, by alternating least squares on
 *
 *     Σ ω·(r − r̂)² + λ·(Σ_u n_u·(b_u² + |p_u|²) + Σ_i n_i·(b_i² + |q_i|²))
 *
 * with n = Σ ω of the ratings of each (Koren, Bell & Volinsky 2009; weights of λ by Zhou et al. 2008). A user or item without ratings has the
 * mean.
 * @param ratings at least one
 */
export async function fitRatings(
  ratings: readonly UserRating[],
  { users, items }: { readonly users: number; readonly items: number },
  { width, regularisation, epochs, seed }: RatingSettings,
): Promise<RatingPredictor> {
  const mean = meanRating(ratings);
  const random = createRandom(seed).split("ratings");
  const draw = () => startSpread * random.normal();
  const [ofUsers, ofItems] = [createSide(users, width, draw), createSide(items, width, draw)];
  const byUser = group(ratings, users, ["user", "item"]);
  const byItem = group(ratings, items, ["item", "user"]);
  for (let epoch = 0; epoch < epochs; epoch++) {
    improve(ofItems, ofUsers, { groups: byItem, mean, regularisation });
    improve(ofUsers, ofItems, { groups: byUser, mean, regularisation });
    // Lets a signal come through.
    await setImmediate();
  }
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { value } of ratings) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return {
    predict(user, item) {
      const [u, i] = [ofUsers.rows[user]!, ofItems.rows[item]!];
      let sum = mean + ofUsers.biases[user]! + ofItems.biases[item]!;
      for (let k = 1; k <= width; k++) sum += u[k]! * i[k]!;
      return Math.min(most, Math.max(least, sum));
    },
  };
}
