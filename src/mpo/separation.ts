import { hashUniform } from "../numeric/hash.ts";
import type { FoldedRow } from "./judged-row.ts";
import type { ScoredRow } from "./row-scores.ts";

/**
 * How well D separates the choices of satisfied users from draws of π_θ, on rows that it is not
 * trained on.
 */
export interface Separation {
  /** Area under the ROC curve, rows weighted by reward; 0.5 if one class has no rows. */
  readonly auc: number;
  /** Infinite for fewer than two rows. */
  readonly standardError: number;
}

/** Share of the users with new feedback whose rows D is not trained on. */
const heldOutShare = 0.15;
/** z_0.95. */
const provenDeviations = 1.645;

/** Decided by the user, so that it is the same in every fit of a cycle. Older rows may have been seen by an earlier fit. */
export const isHeldOut = ({ user, fold }: Pick<FoldedRow, "user" | "fold">): boolean =>
  fold !== "older" && hashUniform(`discriminator/${user}`) < heldOutShare;

/** With 95 % confidence better than chance: otherwise it restrains nothing. */
export const isProven = ({ auc, standardError }: Separation): boolean =>
  auc - provenDeviations * standardError > 0.5;

/**
 * Mass of π_θ on candidates that D puts below the chosen one, ties for half. NaN if π_θ has none.
 */
export function shareBelow(
  logits: ArrayLike<number>,
  policy: ArrayLike<number>,
  action: number,
): number {
  const chosen = logits[action]!;
  let below = 0;
  let mass = 0;
  for (let a = 0; a < logits.length; a++) {
    const probability = policy[a]!;
    mass += probability;
    if (logits[a]! < chosen) below += probability;
    else if (logits[a] === chosen) below += probability / 2;
  }
  return below / mass;
}

/** Sums of rows with their weights; rows of weight 0 and without a share count for nothing. */
export function createSeparation(): {
  add(share: number, weight: number): void;
  result(): Separation;
} {
  let total = 0;
  let sum = 0;
  let squares = 0;
  let weightSquares = 0;
  let cross = 0;
  let rows = 0;
  return {
    add(share, weight) {
      if (!(weight > 0) || Number.isNaN(share)) return;
      rows++;
      total += weight;
      sum += weight * share;
      squares += (weight * share) ** 2;
      weightSquares += weight * weight;
      cross += weight * weight * share;
    },
    result() {
      if (total === 0) return { auc: 0.5, standardError: Number.POSITIVE_INFINITY };
      const auc = sum / total;
      // Σ w²·(x − auc)², the variance of a ratio of sums.
      const residual = Math.max(0, squares - 2 * auc * cross + auc * auc * weightSquares);
      const standardError =
        rows < 2 ? Number.POSITIVE_INFINITY : Math.sqrt((residual * rows) / (rows - 1)) / total;
      return { auc, standardError };
    },
  };
}

/** D against draws of π_θ on rows that neither was trained on. */
export function discriminatorSeparation(scored: readonly ScoredRow[]): Separation {
  const separation = createSeparation();
  for (const { row, scores } of scored) {
    const policy = scores.logPolicy.map(Math.exp);
    separation.add(shareBelow(scores.discriminator, policy, row.action), row.reward);
  }
  return separation.result();
}
