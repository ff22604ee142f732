import type { GateInput } from "../../src/evaluation/gate.ts";
import type { RandomStream } from "../../src/numeric/random.ts";

const actions = 8;
/** Probabilities of a usual candidate over the actions, from the one it prefers. ESS/n = 0.69. */
const usualStep: readonly number[] = [0.3, 0.2, 0.15, 0.1, 0.1, 0.07, 0.05, 0.03];

export interface GateWorld {
  readonly users: number;
  /** True relative lift of the candidate over the uniform serving policy, exact in every row. */
  readonly lift: number;
  readonly step?: readonly number[];
  /** 20 where absent: beyond every weight of the usual step. */
  readonly weightClip?: number;
  /** Of each user: what is added to the lift, 0 on average over users. */
  readonly ownLifts?: readonly number[];
  /** 5 where absent. */
  readonly rowsPerUser?: number;
}

/**
 * A gate's input with a known answer. Users expect a reward of 0.2 or 0.4; an action earns more the more the candidate
 * prefers it, so that the candidate's value is (1 + lift) times that of the serving policy. The reward model knows nothing
 * of the users and believes in the candidate, whatever the truth is.
 */
export function simulateGate(world: GateWorld, random: RandomStream): GateInput {
  const { users, lift, step = usualStep, weightClip = 20, rowsPerUser = 5 } = world;
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
  const preferenceOf = (probability: number) => (probability - 1 / actions) / spread;
  const believe = (preference: number) => 0.25 + 0.03 * preference;
  for (let user = 0; user < users; user++) {
    const base = random.uniform() < 0.5 ? 0.2 : 0.4;
    const gain = lift + (world.ownLifts?.[user] ?? 0);
    for (let visit = 0; visit < rowsPerUser; visit++) {
      const row = user * rowsPerUser + visit;
      // Actions are counted from the preferred one: the serving policy is uniform in any order.
      const probability = step[random.integer(actions)]!;
      const preference = preferenceOf(probability);
      clusters[row] = user;
      arrays.rewards[row] = random.uniform() < base + 0.3 * gain * preference ? 1 : 0;
      arrays.predictions[row] = believe(preference);
      chosen[row] = probability;
      believed[row] = believe(1);
    }
  }
  const within = step.map((probability) => Math.min(probability, weightClip / actions));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const checkedValue = sum(
    within.map((mass, action) => mass * believe(preferenceOf(step[action]!))),
  );
  return {
    feedback: { rewards: arrays.rewards, propensities: arrays.propensities, clusters },
    predictions: arrays.predictions,
    serving: { targetProbabilities: arrays.propensities, directValues: zeros().fill(0.25) },
    candidate: { targetProbabilities: chosen, directValues: believed },
    checked: {
      mass: zeros().fill(sum(within)),
      values: zeros().fill(checkedValue),
      uniformWeights: arrays.propensities.map((propensity) => 1 / (actions * propensity)),
    },
    coverage: { candidate: 0.9, serving: 1 },
    predictedDifference: 0.03,
    weightClip,
  };
}
