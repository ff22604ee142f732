import { EngineError } from "../../domain/errors.ts";
import { checkDistributions } from "../target-distributions.ts";

/** One category of the actions, such as their brand or their cluster. */
export interface ActionCategory {
  /** p(e|a): actions × values, an action after the other; each sums to one. */
  readonly probabilities: Float64Array;
  /** Number of values of the category. */
  readonly values: number;
  /** e of each row's logged action. */
  readonly observed: Int32Array;
}

export interface PolicyPair {
  /** π(a|x): rows × actions, a row after the other. */
  readonly target: Float64Array;
  /**
   * π₀(a|x), of the same shape: the logging policy's probabilities of all actions, not only of the
   * logged one.
   */
  readonly logging: Float64Array;
}

/** A category that the action decides: its cluster. @param actions logged action of each row; @param clusterOf cluster of each action */
export function clusterCategory(actions: Int32Array, clusterOf: Int32Array): ActionCategory {
  const values = clusterOf.reduce((most, cluster) => Math.max(most, cluster + 1), 0);
  const probabilities = new Float64Array(clusterOf.length * values);
  for (const [action, cluster] of clusterOf.entries()) probabilities[action * values + cluster] = 1;
  return { probabilities, values, observed: actions.map((action) => clusterOf[action]!) };
}

/** Σ_a π(a|x)·p(e|a) of one row and value. */
function marginal(
  policy: Float64Array,
  row: number,
  { probabilities, values, observed }: ActionCategory,
): number {
  const actions = probabilities.length / values;
  const value = observed[row]!;
  let sum = 0;
  for (let action = 0; action < actions; action++) {
    sum += policy[row * actions + action]! * probabilities[action * values + value]!;
  }
  return sum;
}

function checkCategory(category: ActionCategory, { target, logging }: PolicyPair): void {
  const { probabilities, values, observed } = category;
  checkDistributions("category.probabilities", probabilities, values);
  const cells = observed.length * (probabilities.length / values);
  for (const [field, table] of Object.entries({ target, logging })) {
    if (table.length === cells) continue;
    throw new EngineError(
      "invalid_request",
      `${field} must have rows × actions = ${cells} entries, got ${table.length}; pass tables of the category's rows and actions`,
      { details: { field, value: table.length } },
    );
  }
  const row = observed.findIndex((value) => !(value >= 0 && value < values));
  if (row < 0) return;
  throw new EngineError(
    "invalid_request",
    `category.observed must be an index below ${values}, got ${observed[row]} at row ${row}; number the values from 0`,
    { details: { field: "category.observed", value: observed[row], row } },
  );
}

/**
 * w(x, e) = Π_d Σ_a π(a|x)·p(e_d|a) / Σ_a π₀(a|x)·p(e_d|a), categories d taken as independent given the action.
 * Saito & Joachims 2022, equation 5; independence: their appendix C. Needs support for the categories only, not for each action.
 * @throws invalid_request for shapes that differ, a category that is no distribution, a value that the logging policy can't have shown
 */
export function marginalWeights(
  policies: PolicyPair,
  categories: readonly ActionCategory[],
): Float64Array {
  for (const category of categories) checkCategory(category, policies);
  const rows = categories[0]?.observed.length ?? 0;
  const weights = new Float64Array(rows).fill(1);
  for (const category of categories) {
    for (let row = 0; row < rows; row++) {
      const logged = marginal(policies.logging, row, category);
      if (!(logged > 0)) {
        throw new EngineError(
          "invalid_request",
          `logging must give the shown category a probability above 0, got ${logged} at row ${row}; pass the policy that made the log`,
          { details: { field: "logging", value: logged, row } },
        );
      }
      weights[row]! *= marginal(policies.target, row, category) / logged;
    }
  }
  return weights;
}
