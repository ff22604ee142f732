import { EngineError } from "../../domain/errors.ts";
import { checkLength, checkNumber, highestProbability } from "../checks.ts";

/** Steps with finite states and actions; all arrays but the distributions have one entry a step. */
export interface TabularSteps {
  /** State of each step, 0…stateCount − 1. */
  readonly states: Int32Array;
  readonly stateCount: number;
  /** Logged action of each step, 0…actionCount − 1. */
  readonly actions: Int32Array;
  /** π(a|s_t) of the target policy: steps × actionCount, row-major. */
  readonly targetDistributions: Float64Array;
}

/** Each row sums to one within the rounding of float32 networks. */
const rounding = 1e-4;

function checkSteps({ states, stateCount, actions, targetDistributions }: TabularSteps): number {
  const rows = states.length;
  const actionCount = targetDistributions.length / rows;
  checkLength("actions", actions.length, rows, "states");
  const within = (count: number) => ({
    low: 0,
    high: count - 1,
    expected: `in 0…${count - 1}`,
    remedy: "number them from 0 on",
  });
  const remedy = "pass the target's whole distribution of each step";
  for (let row = 0; row < rows; row++) {
    checkNumber("states", states[row]!, within(stateCount), row);
    checkNumber("actions", actions[row]!, within(actionCount), row);
    const distribution = targetDistributions.subarray(row * actionCount, (row + 1) * actionCount);
    for (const probability of distribution) {
      const range = { low: 0, high: highestProbability, expected: "in [0, 1]", remedy };
      checkNumber("targetDistributions", probability, range, row);
    }
    const sum = distribution.reduce((total, probability) => total + probability, 0);
    const one = { low: 1 - rounding, high: 1 + rounding, expected: "1", remedy };
    checkNumber("sum of targetDistributions", sum, one, row);
  }
  return actionCount;
}

/**
 * One feature for each pair of state and action, for `fittedQEvaluation`: φ(s, a) is 1 at s·actionCount + a and 0 elsewhere.
 * @throws invalid_request for lengths that differ, ids out of range, or distributions that don't sum to one
 */
export function tabularFeatures(steps: TabularSteps): {
  features: Float64Array;
  expectedFeatures: Float64Array;
} {
  const { states, stateCount, actions, targetDistributions } = steps;
  if (states.length === 0) {
    throw new EngineError(
      "invalid_request",
      "states must have at least one entry, got 0; wait until there is feedback",
      {
        details: { field: "states", value: 0 },
      },
    );
  }
  const actionCount = checkSteps(steps);
  const width = stateCount * actionCount;
  const features = new Float64Array(states.length * width);
  const expectedFeatures = new Float64Array(states.length * width);
  for (const [row, state] of states.entries()) {
    const offset = row * width + state * actionCount;
    features[offset + actions[row]!] = 1;
    const first = row * actionCount;
    expectedFeatures.set(targetDistributions.subarray(first, first + actionCount), offset);
  }
  return { features, expectedFeatures };
}
