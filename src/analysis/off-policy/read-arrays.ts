import type { DecisionLog, LogRow } from "./decision-log.ts";
import { type ChosenRow, createSlateJudge } from "./judge-slate.ts";
import type { LoggingPolicies } from "./logging-policies.ts";
import type { LogSummary } from "./summarise-log.ts";
import type { TargetPolicy } from "./target-policy.ts";

/** How the slates of several items were judged. */
export interface JudgedSlates {
  /** By item–position marginals of both policies. */
  readonly marginals: number;
  /** By weights of the whole prefix. */
  readonly prefix: number;
}

/** Columns of one length, as the estimators take them. */
export interface EvaluationArrays {
  readonly rewards: Float64Array;
  /** Of the place that the row is weighed by: its choice, its item at its position, or its prefix. */
  readonly propensities: Float64Array;
  /** The same under π. */
  readonly targetProbabilities: Float64Array;
  /** Σ_a π(a)·q̂(a) there. */
  readonly directValues: Float64Array;
  /** q̂ of the logged action. */
  readonly predictions: Float64Array;
  /** User of each row, if the log names users. */
  readonly clusters?: Int32Array;
  /**
   * Mean target mass on actions of propensity 0, if the log has the propensities of all candidates.
   */
  readonly unsupportedMass?: number;
  readonly slates: JudgedSlates;
}

const createColumns = (rows: number) => ({
  rewards: new Float64Array(rows),
  propensities: new Float64Array(rows),
  targetProbabilities: new Float64Array(rows),
  directValues: new Float64Array(rows),
  predictions: new Float64Array(rows),
});

/** Mass of the target on candidates that the logging policy could not choose. */
function unsupported(target: ArrayLike<number>, propensities: readonly number[]): number {
  return propensities.reduce(
    (mass, propensity, index) => mass + (propensity > 0 ? 0 : (target[index] ?? 0)),
    0,
  );
}

/** The rows of each decision together; a row without a decision stands alone. */
async function* readDecisions(log: DecisionLog): AsyncGenerator<readonly LogRow[], void> {
  let rows: LogRow[] = [];
  for await (const row of log.read()) {
    if ("problem" in row) continue;
    if (rows.length > 0 && (row.decision === undefined || row.decision !== rows[0]!.decision)) {
      yield rows;
      rows = [];
    }
    rows.push(row);
  }
  if (rows.length > 0) yield rows;
}

/** Numbers the users of a log in order of appearance. A row that names none stands alone. */
function createUsers(rows: number) {
  const clusters = new Int32Array(rows);
  const numbers = new Map<string, number>();
  let count = 0;
  return {
    add(row: number, user: string | undefined): void {
      const number = (user === undefined ? undefined : numbers.get(user)) ?? count++;
      if (user !== undefined) numbers.set(user, number);
      clusters[row] = number;
    },
    clusters: () => (numbers.size > 0 ? { clusters } : {}),
  };
}

const choose = (row: LogRow, index: number, actions: readonly string[]): ChosenRow => {
  const { line, position, user, decision, tilt, candidates = actions } = row;
  const optional = {
    ...(user !== undefined && { user }),
    ...(decision && { decision }),
    ...(tilt && { tilt }),
  };
  return { row, choice: { line, position, candidates, row: index, ...optional } };
};

/**
 * The second reading: the target's probabilities in each row, and the reward model's predictions.
 * @param options.logging policies that made the log, if a record knows them
 */
export async function readArrays(
  log: DecisionLog,
  { rows: count, actions, table }: LogSummary,
  options: { readonly target: TargetPolicy; readonly logging: LoggingPolicies | undefined },
): Promise<EvaluationArrays> {
  const columns = createColumns(count);
  const users = createUsers(count);
  const judge = createSlateJudge({ ...options, predict: table.predict });
  const slates = { marginals: 0, prefix: 0 };
  let [mass, distributions, start] = [0, 0, 0];
  for await (const rows of readDecisions(log)) {
    const chosen = rows.map((row, k) => choose(row, start + k, actions));
    const { judgedBy, conditionals, ...judged } = await judge(chosen);
    if (rows.length > 1) slates[judgedBy]++;
    columns.propensities.set(judged.propensities, start);
    columns.targetProbabilities.set(judged.targetProbabilities, start);
    columns.directValues.set(judged.directValues, start);
    for (const [k, { action, position, reward, user, propensities }] of rows.entries()) {
      columns.rewards[start + k] = reward;
      columns.predictions[start + k] = table.predict(position, action);
      users.add(start + k, user);
      if (propensities === undefined || conditionals === undefined) continue;
      mass += unsupported(conditionals[k]!, propensities);
      distributions++;
    }
    start += rows.length;
  }
  return {
    ...columns,
    ...users.clusters(),
    ...(distributions === count && { unsupportedMass: mass / count }),
    slates,
  };
}
