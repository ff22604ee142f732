import type { GateInput } from "../../src/evaluation/gate.ts";
import type { RandomStream } from "../../src/numeric/random.ts";

const actions = 8;
const rowsPerUser = 5;
const weightClip = 20;

/** Probabilities of a usual candidate over the actions, from the one it prefers. ESS/n = 0.69. */
const usualStep: readonly number[] = [0.3, 0.2, 0.15, 0.1, 0.1, 0.07, 0.05, 0.03];

export interface GateWorld {
  readonly users: number;
  /** True relative lift of the candidate over the uniform serving policy, exact in every row. */
  readonly lift: number;
  readonly step?: readonly number[];
}

/**
 * A gate's input with a known answer. Users expect a reward of 0.2 or 0.4; an action earns more the more the candidate
 * prefers it, so that the candidate's value is (1 + lift) times that of the serving policy. The reward model knows nothing
 * of the users and believes in the candidate, whatever the truth is.
 */
export function simulateGate(world: GateWorld, random: RandomStream): GateInput {
  const { users, lift, step = usualStep } = world;
  const rows = users * rowsPerUser;
  const zeros = () => new Float64Array(rows);
  const arrays = {
    rewards: zeros(),
    propensities: zeros().fill(1 / actions),
    predictions: zeros(),
  };
  const chosen = zeros();
  const believed = zeros();
  const clusters = new Int32Array(rows);
  const spread = step.reduce((sum, probability) => sum + (probability - 1 / actions) ** 2, 0);
  for (let user = 0; user < users; user++) {
    const base = random.uniform() < 0.5 ? 0.2 : 0.4;
    for (let visit = 0; visit < rowsPerUser; visit++) {
      const row = user * rowsPerUser + visit;
      // Actions are counted from the preferred one: the serving policy is uniform in any order.
      const probability = step[random.integer(actions)]!;
      const preference = (probability - 1 / actions) / spread;
      clusters[row] = user;
      arrays.rewards[row] = random.uniform() < base + 0.3 * lift * preference ? 1 : 0;
      arrays.predictions[row] = 0.25 + 0.03 * preference;
      chosen[row] = probability;
      believed[row] = 0.25 + 0.03;
    }
  }
  return {
    feedback: { rewards: arrays.rewards, propensities: arrays.propensities, clusters },
    predictions: arrays.predictions,
    serving: { targetProbabilities: arrays.propensities, directValues: zeros().fill(0.25) },
    candidate: { targetProbabilities: chosen, directValues: believed },
    unsupportedMass: 0,
    coverage: { candidate: 0.9, serving: 1 },
    predictedDifference: 0.03,
    weightClip,
  };
}
