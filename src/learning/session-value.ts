import type { Network } from "../policy/network.ts";
import { createScorer } from "../policy/scorer.ts";
import { type CriticRow, type CriticTraining, trainCritic } from "./critic.ts";
import type { FeedbackRow } from "./feedback-row.ts";
import { scoreCritic } from "./scored-row.ts";

/** Fits after the first one, each on targets from the critic before it. */
const sweeps = 1;
/** λ: share of the target that stays as observed, for a state that does not tell all of what was before misleads the rest. */
const observedShare = 0.5;
const scoreBatch = 64;

/** Mean over the reward heads of Q at the logged choice. */
async function chosenValues(
  target: Network,
  rows: readonly FeedbackRow[],
  threads: number,
): Promise<Float64Array> {
  const scorer = await createScorer(target, { batchStates: scoreBatch, threads });
  try {
    const scored = await scoreCritic(scorer, target, rows);
    return Float64Array.from(scored, ({ rewardHeads }, index) => {
      const values = rewardHeads.map((head) => head[rows[index]!.action]!);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    });
  } finally {
    await scorer.close();
  }
}

/**
 * Rows with targets λ·G + (1 − λ)·((1 − γ)·r + γ·Q̄(s', a')): G the return as observed, Q̄ the next decision's logged choice
 * under the target critic, mean over its positions. A session's last decision keeps its return.
 * @param values Q̄ of each row's logged choice, in [0, 1]
 */
export function bootstrapReturns<Row extends FeedbackRow>(
  rows: readonly Row[],
  values: Float64Array,
  discount: number,
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
 * A critic of long-term value: fitted Q evaluation of the logged choices (SARSA targets; Le, Voloshin & Yue 2019) that
 * starts from the returns as they were observed, so that one sweep with a target critic does for a whole session.
 * Without a discount it is `trainCritic`.
 * @param options.discount γ in [0, 1)
 */
export async function trainValueCritic(
  options: Parameters<typeof trainCritic>[0] & { readonly discount: number },
): Promise<CriticTraining> {
  const { discount, random, threads } = options;
  let training = await trainCritic(options);
  if (discount === 0) return training;
  for (let sweep = 1; sweep <= sweeps; sweep++) {
    const { network } = training;
    const values = await chosenValues(network, options.rows, threads);
    const rows: CriticRow[] = bootstrapReturns(options.rows, values, discount);
    training = await trainCritic({
      ...options,
      network,
      rows,
      random: random.split(`sweep/${sweep}`),
    });
  }
  return training;
}
