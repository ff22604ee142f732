import { chosenOf, type RowScores, type ScoredRow } from "../mpo/row-scores.ts";
import { meanOf } from "../numeric/statistics.ts";
import { type CriticTraining, trainCritic } from "./critic.ts";
import type { CriticRow } from "./critic-shape.ts";
import type { FeedbackRow } from "./feedback-row.ts";
import { type CriticModel, scoreCritic, withScorer } from "./score-rows.ts";

/** Fits after the first one, each on targets from the critic before it. */
const sweeps = 1;
/**
 * λ in training: since a state that does not show the whole past misleads the bootstrapped rest.
 */
const trainedShare = 0.5;

/** Mean over the reward heads of Q at the logged choices. */
const chosenValues = (
  scores: readonly Pick<RowScores, "rewardHeads">[],
  rows: readonly FeedbackRow[],
): Float64Array =>
  Float64Array.from(scores, ({ rewardHeads }, index) =>
    meanOf(Float64Array.from(rewardHeads, (head) => chosenOf(head, rows[index]!.action))),
  );

const scoreChosen = (
  target: CriticModel,
  rows: readonly FeedbackRow[],
  threads: number,
): Promise<Float64Array> =>
  withScorer(target.network, threads, async (scorer) =>
    chosenValues(await scoreCritic(scorer, target, rows), rows),
  );

/**
 * Rows with targets λ·G + (1 − λ)·((1 − γ)·r + γ·Q̄(s', a')): G the return as observed, Q̄ the next decision's logged choice
 * under the target critic, mean over its positions. A session's last decision keeps its return.
 * @param values Q̄ of each row's logged choice, in [0, 1]
 * @param options.observedShare λ in [0, 1]
 */
export function bootstrapReturns<Row extends FeedbackRow>(
  rows: readonly Row[],
  values: Float64Array,
  { discount, observedShare }: { readonly discount: number; readonly observedShare: number },
): Row[] {
  const totals = new Map<number, { sum: number; count: number }>();
  for (const [index, { session }] of rows.entries()) {
    if (session === undefined) continue;
    const { sum, count } = totals.get(session.decision) ?? { sum: 0, count: 0 };
    totals.set(session.decision, { sum: sum + values[index]!, count: count + 1 });
  }
  return rows.map((row) => {
    const next = totals.get(row.session?.next ?? Number.NaN);
    if (row.session === undefined || next === undefined) return row;
    const bootstrapped =
      (1 - discount) * row.session.decisionReward + (discount * next.sum) / next.count;
    return { ...row, reward: observedShare * row.reward + (1 - observedShare) * bootstrapped };
  });
}

/**
 * Rewards as they judge policies: the decision's reward, and from its next one on the critic's
 * prediction (λ = 0). The noise of the whole return would hide the effect of one choice.
 * @param scored by a critic that was trained on none of the rows
 */
export function lookAhead(
  scored: readonly ScoredRow<FeedbackRow>[],
  discount: number,
): Float64Array {
  const rows = scored.map(({ row }) => row);
  const values = chosenValues(
    scored.map(({ scores }) => scores),
    rows,
  );
  const judged = bootstrapReturns(rows, values, { discount, observedShare: 0 });
  return Float64Array.from(judged, ({ reward }) => reward);
}

/**
 * A critic of long-term value: fitted Q evaluation of the logged choices (SARSA targets; Le, Voloshin & Yue 2019) that
 * starts from the returns as they were observed, so that one sweep with a target critic does for a whole session.
 * Without a discount it is `trainCritic`.
 * @param options.discount γ in [0, 1)
 */
export async function trainValueCritic(
  options: Parameters<typeof trainCritic>[0] & { readonly discount: number },
): Promise<CriticTraining> {
  const { discount, defaultReward, random, threads } = options;
  let training = await trainCritic(options);
  if (discount === 0) return training;
  for (let sweep = 1; sweep <= sweeps; sweep++) {
    const { network } = training;
    const values = await scoreChosen({ network, defaultReward }, options.rows, threads);
    const rows: CriticRow[] = bootstrapReturns(options.rows, values, {
      discount,
      observedShare: trainedShare,
    });
    training = await trainCritic({
      ...options,
      network,
      rows,
      random: random.split(`sweep/${sweep}`),
    });
  }
  return training;
}
