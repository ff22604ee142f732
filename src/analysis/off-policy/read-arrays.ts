import type { DecisionLog, LogRow } from "./decision-log.ts";
import type { LogSummary } from "./summarise-log.ts";
import type { TargetPolicy } from "./target-policy.ts";

/** Columns of one length, as the estimators take them. */
export interface EvaluationArrays {
  readonly rewards: Float64Array;
  readonly propensities: Float64Array;
  /** π of the logged action. */
  readonly targetProbabilities: Float64Array;
  /** Σ_a π(a)·q̂(a). */
  readonly directValues: Float64Array;
  /** q̂ of the logged action. */
  readonly predictions: Float64Array;
  /** User of each row, if the log names users. */
  readonly clusters?: Int32Array;
  /**
   * Mean target mass on actions of propensity 0, if the log has the propensities of all candidates.
   */
  readonly unsupportedMass?: number;
}

interface Columns extends Omit<EvaluationArrays, "unsupportedMass"> {
  readonly clusters: Int32Array;
}

const createColumns = (rows: number): Columns => ({
  rewards: new Float64Array(rows),
  propensities: new Float64Array(rows),
  targetProbabilities: new Float64Array(rows),
  directValues: new Float64Array(rows),
  predictions: new Float64Array(rows),
  clusters: new Int32Array(rows),
});

/** Mass of the target on candidates that the logging policy could not choose. */
function unsupported(target: ArrayLike<number>, propensities: readonly number[]): number {
  return propensities.reduce(
    (mass, propensity, index) => mass + (propensity > 0 ? 0 : (target[index] ?? 0)),
    0,
  );
}

/**
 * The second reading: the target's probabilities in each row, and the reward model's predictions.
 */
export async function readArrays(
  log: DecisionLog,
  { rows, actions, table }: LogSummary,
  target: TargetPolicy,
): Promise<EvaluationArrays> {
  const columns = createColumns(rows);
  const users = new Map<string, number>();
  let mass = 0;
  let distributions = 0;
  let row = 0;

  async function fill(entry: LogRow): Promise<void> {
    const { line, action, position, reward, propensity, user, decision, propensities } = entry;
    const candidates = entry.candidates ?? actions;
    const probabilities = await target.probabilities({
      line,
      position,
      candidates,
      row,
      ...(user !== undefined && { user }),
      ...(decision && { decision }),
    });
    columns.rewards[row] = reward;
    columns.propensities[row] = propensity;
    columns.targetProbabilities[row] = probabilities[candidates.indexOf(action)] ?? 0;
    columns.predictions[row] = table.predict(position, action);
    columns.directValues[row] = candidates.reduce(
      (sum, candidate, index) =>
        sum + (probabilities[index] ?? 0) * table.predict(position, candidate),
      0,
    );
    if (user !== undefined) {
      const number = users.get(user) ?? users.size;
      users.set(user, number);
      columns.clusters[row] = number;
    }
    if (propensities !== undefined) {
      mass += unsupported(probabilities, propensities);
      distributions += 1;
    }
  }

  for await (const entry of log.read()) {
    if ("problem" in entry) continue;
    await fill(entry);
    row += 1;
  }
  const { clusters, ...rest } = columns;
  return {
    ...rest,
    ...(users.size > 0 && { clusters }),
    ...(distributions === rows && { unsupportedMass: mass / rows }),
  };
}
