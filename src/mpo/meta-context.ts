import { bootstraps, type RowScores } from "./row-scores.ts";

/**
 * x: the meta-policy's facts about a scenario when it proposes, each entry finite and of the order
 * of 1. The first four are of this cycle's rows and independent of their rewards, which judge the
 * proposals; the others come from the cycle before.
 */
export const contextNames = [
  /** log10 of the rows that judge, less 3; from −1 to 0.5, beyond which no prior was fitted. */
  "rows",
  /** log10 of the candidates of a row, less 1.5. */
  "candidates",
  /** Entropy of the serving policy as a share of the greatest, in [0, 1]. */
  "entropy",
  /** ESS/n with which the log speaks for the uniform choice, in (0, 1]: how broad it is. */
  "breadth",
  /** Ensemble spread: σ_Q over the spread of Q̄ among the candidates of a row, at most 2. */
  "doubt",
  /**
   * The same for the difference between shortest and longest memory: a measure of change in the
   * world, at most 2.
   */
  "drift",
  /** |mean of r − Q̄| as a share of the serving value, at most 1. */
  "miscalibration",
  /** The serving policy's gain over the uniform choice, as a share of its value, in [−1, 1]. */
  "overChance",
  /** Judged difference of the setting that was chosen, as a share of the serving value, in [−1, 1]. */
  "lastGain",
] as const;
export type MetaContext = Readonly<Record<(typeof contextNames)[number], number>>;

/** The part of the context that a cycle leaves to the next. */
export type RememberedContext = Pick<
  MetaContext,
  "doubt" | "drift" | "miscalibration" | "overChance" | "lastGain"
>;

/** Of a scenario's first cycle: a reward model that knows nothing, a policy no better than chance. */
export const firstContext: RememberedContext = {
  doubt: 1,
  drift: 0,
  miscalibration: 0,
  overChance: 0,
  lastGain: 0,
};

/** A judging row as the meta-policy sees it. */
export interface ContextRow {
  /** p of the logged action. */
  readonly propensity: number;
  readonly action: number;
  /** In [0, 1]. */
  readonly reward: number;
  readonly scores: RowScores;
}

const clamp = (value: number, low: number, high: number) =>
  Number.isNaN(value) ? 0 : Math.max(low, Math.min(high, value));

const average = (rows: readonly ContextRow[], of: (row: ContextRow) => number) =>
  rows.reduce((sum, row) => sum + of(row), 0) / Math.max(1, rows.length);

const entropyShare = ({ scores: { logPolicy } }: ContextRow) => {
  const most = Math.log(logPolicy.length);
  let entropy = 0;
  for (const log of logPolicy) if (log > Number.NEGATIVE_INFINITY) entropy -= Math.exp(log) * log;
  return most === 0 ? 1 : entropy / most;
};

/** Context of the rows that are about to judge, without a look at their rewards. */
export function describeContext(
  rows: readonly ContextRow[],
  remembered: RememberedContext,
): MetaContext {
  const weight = ({ propensity, scores }: ContextRow) => 1 / (propensity * scores.logPolicy.length);
  const squares = average(rows, (row) => weight(row) ** 2);
  return {
    rows: clamp(Math.log10(Math.max(1, rows.length)) - 3, -1, 0.5),
    candidates: average(rows, ({ scores }) => Math.log10(scores.logPolicy.length)) - 1.5,
    entropy: clamp(average(rows, entropyShare), 0, 1),
    breadth: clamp(average(rows, weight) ** 2 / squares, 0, 1),
    ...remembered,
  };
}

/** Standard deviation of numbers that come one by one (Welford 1962). */
function createSpread() {
  let [count, mean, squares] = [0, 0, 0];
  return {
    add: (value: number) => {
      const before = value - mean;
      mean += before / ++count;
      squares += before * (value - mean);
    },
    deviation: () => Math.sqrt(squares / count),
  };
}

/** Certainty of the reward model at a row, relative to its spread over candidates. */
function measureRow({ scores: { rewardHeads }, action, reward }: ContextRow, memories: number) {
  const count = rewardHeads[0]!.length;
  const [spread, drift] = [createSpread(), createSpread()];
  let doubt = 0;
  let residual = reward;
  for (let a = 0; a < count; a++) {
    let [mean, variance, first, last] = [0, 0, 0, 0];
    for (let memory = 0; memory < memories; memory++) {
      const [one, other] = [
        rewardHeads[memory * bootstraps]![a]!,
        rewardHeads[memory * bootstraps + 1]![a]!,
      ];
      last = (one + other) / 2;
      if (memory === 0) first = last;
      mean += last / memories;
      variance += (one - other) ** 2 / 2 / memories;
    }
    spread.add(mean);
    drift.add(first - last);
    doubt += Math.sqrt(variance) / count;
    if (a === action) residual -= mean;
  }
  return { spread: spread.deviation(), doubt, drift: drift.deviation(), residual };
}

/**
 * Facts from the judged rows for the next cycle's context.
 * @param judged serving value in [0, 1]; its difference to the uniform choice's, and that of the
 * chosen setting to it
 */
export function rememberContext(
  rows: readonly ContextRow[],
  judged: {
    readonly servingValue: number;
    readonly uniformDifference: number;
    readonly chosenDifference: number;
    readonly memories: number;
  },
): RememberedContext {
  if (rows.length === 0) return firstContext;
  const measured = rows.map((row) => measureRow(row, judged.memories));
  const total = (key: "spread" | "doubt" | "drift" | "residual") =>
    measured.reduce((sum, row) => sum + row[key], 0);
  const unit = valueUnit(judged.servingValue);
  return {
    doubt: clamp(total("doubt") / total("spread"), 0, 2),
    drift: clamp(total("drift") / total("spread"), 0, 2),
    miscalibration: clamp(Math.abs(total("residual")) / rows.length / unit, 0, 1),
    overChance: clamp(-judged.uniformDifference / unit, -1, 1),
    lastGain: clamp(judged.chosenDifference / unit, -1, 1),
  };
}

/** Below this a mean reward in [0, 1] is taken for noise around nothing. */
const smallestValue = 1e-3;

/** The serving value as the unit of differences, so that scenarios are comparable. */
export const valueUnit = (servingValue: number): number =>
  Number.isFinite(servingValue) ? Math.max(smallestValue, servingValue) : smallestValue;
