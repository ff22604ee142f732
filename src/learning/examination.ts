import type { FeedbackRow } from "./feedback-row.ts";

/** θ_k: how likely position k is looked at, relative to position 0 (position-based model, Richardson et al. 2007). */
export interface Examination {
  /**
   * θ_k in [smallestExamination, 1], one for each position; 1 at position 0 and if nothing was
   * shown.
   */
  readonly values: readonly number[];
  /** Of log θ_k. */
  readonly standardErrors: readonly number[];
}

/**
 * Joachims, Swaminathan & Schnabel 2017 keep it off zero, since at zero a single reward would count
 * for any number of rows.
 */
const smallestExamination = 0.05;
/** Standard deviation of log(θ_k+1/θ_k) before anything is seen: a step of nought is as likely as one of a half. */
const priorDeviation = 0.5;

/** π of an item among K from its propensity, (1 − ε)·π + ε/K. */
function policyProbability(row: FeedbackRow, propensity: number): number {
  const { exploration, candidates } = row;
  if (exploration === 1) return 1 / candidates.length;
  const raw = (propensity - exploration / candidates.length) / (1 - exploration);
  return Math.min(1, Math.max(0, raw));
}

/**
 * P(the two had been shown the other way round | these two at these positions), exact under
 * Plackett–Luce with a floor: the two logged propensities determine those of the swap.
 * @param upper row at position k
 * @param lower the same decision's row at position k + 1
 */
export function swapProbability(upper: FeedbackRow, lower: FeedbackRow): number {
  const { exploration, candidates } = upper;
  const first = policyProbability(upper, upper.propensity);
  const second = policyProbability(lower, lower.propensity) * (1 - first);
  const served = (probability: number, count: number) =>
    (1 - exploration) * probability + exploration / count;
  const left = 1 - second;
  const swapped =
    served(second, candidates.length) *
    served(left > 0 ? Math.min(1, first / left) : 1, candidates.length - 1);
  return swapped / (swapped + upper.propensity * lower.propensity);
}

const placeOf = ({ position, shownAt = position }: FeedbackRow) => shownAt;

/**
 * Neighbours of one slate. Of two items of which one fills a group, either order leaves other candidates to the second, and with diversity
 * other odds: the logged propensities don't determine those of the swap.
 */
const canSwap = (upper: FeedbackRow, lower: FeedbackRow): boolean =>
  upper.state === lower.state &&
  upper.position === lower.position - 1 &&
  placeOf(upper) === placeOf(lower) - 1 &&
  !(upper.fillsGroup || lower.fillsGroup || upper.diversity);

/** Weighted deviations at both positions of a pair, and their squares. */
interface PairSums {
  upper: number;
  lower: number;
  upperSquares: number;
  lowerSquares: number;
  /** Σ of upper times the weight of the same deviation in the pair above. */
  shared: number;
}

interface ExaminationOptions {
  /** Positions from `positions − 1` on are as the last one. */
  readonly positions: number;
  /** Reward of a position without an event, in [0, 1] as the rows' rewards are. */
  readonly defaultReward: number;
}

function sumPairs(
  rows: readonly FeedbackRow[],
  { positions, defaultReward }: ExaminationOptions,
): readonly PairSums[] {
  const deviation = ({ reward }: FeedbackRow) => Math.abs(reward - defaultReward);
  const pairs = Array.from({ length: positions - 1 }, () => ({
    upper: 0,
    lower: 0,
    upperSquares: 0,
    lowerSquares: 0,
    shared: 0,
  }));
  let above = 0;
  for (const [index, lower] of rows.entries()) {
    if (lower.position === 0) above = 0;
    const upper = rows[index - 1];
    const pair = pairs[placeOf(lower) - 1];
    if (upper === undefined || pair === undefined || !canSwap(upper, lower)) continue;
    const deviations = [deviation(upper), deviation(lower)] as const;
    if (deviations[0] === 0 && deviations[1] === 0) continue;
    const weight = swapProbability(upper, lower);
    const [one, other] = [weight * deviations[0], weight * deviations[1]];
    pair.upper += one;
    pair.lower += other;
    pair.upperSquares += one * one;
    pair.lowerSquares += other * other;
    if (one > 0) pair.shared += one * above;
    above = other;
  }
  return pairs;
}

/** log(θ_k+1/θ_k), shrunk towards 0 by the prior. */
function logStep(pair: PairSums): {
  readonly mean: number;
  readonly variance: number;
  readonly share: number;
} {
  const prior = priorDeviation ** 2;
  if (pair.upper === 0 || pair.lower === 0) return { mean: 0, variance: prior, share: 0 };
  const variance = pair.upperSquares / pair.upper ** 2 + pair.lowerSquares / pair.lower ** 2;
  const share = prior / (prior + variance);
  return { mean: share * Math.log(pair.lower / pair.upper), variance: share * variance, share };
}

/**
 * Examination from the swaps that Plackett–Luce makes on its own. Of two items at neighbouring
 * positions either could have been first, with known probabilities. Each row is weighed by the
 * probability of the order that was *not* shown, so both orders have the same weight (overlap
 * weights, Li, Morgan & Zaslavsky 2018). A reward that deviates from the default b, in either
 * direction, needs a look. Then θ_k+1/θ_k = Σ w·|r_k+1 − b| / Σ w·|r_k − b| in expectation, for any
 * values of the items. No reward model has a part in it.
 * @param rows the positions of a decision one after the other, from 0
 */
export function estimateExamination(
  rows: readonly FeedbackRow[],
  options: ExaminationOptions,
): Examination {
  const pairs = sumPairs(rows, options);
  const steps = pairs.map(logStep);
  const values = [1];
  const standardErrors = [0];
  let log = 0;
  let total = 0;
  for (const [k, { mean, variance, share }] of steps.entries()) {
    log += mean;
    total += variance;
    const [before, own] = [pairs[k - 1], pairs[k]!];
    // A deviation between two steps lowers one and raises the other.
    if (before && own.shared > 0)
      total -= (2 * share * steps[k - 1]!.share * own.shared) / (before.lower * own.upper);
    values.push(Math.min(1, Math.max(smallestExamination, Math.exp(log))));
    standardErrors.push(Math.sqrt(Math.max(0, total)));
  }
  return { values, standardErrors };
}
