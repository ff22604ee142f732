import { fitChoice } from "./choice-model.ts";
import type { ValueOptions } from "./fitted-values.ts";
import { addSums, emptySums, fitValues, sumRows } from "./fitted-values.ts";
import type { SessionLearner } from "./play.ts";
import { massesOf, outcomeValues, type SessionTask, slateValues } from "./task.ts";

const exploration = 0.05;

/**
 * ε-greedy on the refitted model: the slate of the highest value, all sets compared. With a discount it is SlateQ's SARSA with
 * optimal slates (Ie et al. 2019), in closed form; without one it is greedy retraining on what pays at once.
 */
export function createGreedy(task: SessionTask, options: ValueOptions): SessionLearner {
  const { slates, stateWidth, outcomeWidth } = task;
  let sums = emptySums(stateWidth + outcomeWidth);
  let known: { readonly weights: Float64Array; readonly masses: Float64Array } | undefined;
  return {
    serve: (step) => {
      const uniform = new Float64Array(slates.length).fill(1 / slates.length);
      if (known === undefined) return { probabilities: uniform, arm: "serving", exploration: 1 };
      const values = slateValues(
        outcomeValues(step, known.weights),
        massesOf(step, known.masses),
        slates,
      );
      const probabilities = uniform.map((value) => exploration * value);
      probabilities[values.indexOf(Math.max(...values))]! += 1 - exploration;
      return { probabilities, arm: "serving", exploration };
    },
    learn: (rows) => {
      sums = addSums(
        sums,
        sumRows(rows, stateWidth + outcomeWidth, () => 1),
      );
      known = {
        weights: fitValues(sums, options).subarray(stateWidth),
        masses: task.learnsChoice ? fitChoice(rows, task) : task.masses,
      };
    },
  };
}
