import type { GateInput } from "../../src/evaluation/gate.ts";
import type { RandomStream } from "../../src/numeric/random.ts";

const actions = 8;
const weightClip = 20;

export interface SkewedWorld {
  readonly rows: number;
  /** ε: the serving policy shows one action, and the others by exploration alone. */
  readonly exploration: number;
  /** Mass that the candidate takes from that action and gives to another. */
  readonly moved: number;
  /** Probability of a reward of 0, of 1 otherwise. */
  readonly loss: number;
  /** The candidate's action loses so many times as often; default: 1, no better. */
  readonly lossRatio?: number;
}

/** A policy with the floor, by action. */
const serve = ({ exploration }: SkewedWorld, policy: readonly number[]) =>
  policy.map((probability) => (1 - exploration) * probability + exploration / actions);

/**
 * A gate's input of a policy that hardly explores: the rows on which a candidate differs are few, and show few of the rare
 * losses or rewards, or none. Five rows a user. The reward model is the same for all actions, and too low.
 */
export function simulateSkewedGate(world: SkewedWorld, random: RandomStream): GateInput {
  const { rows, moved, loss, lossRatio = 1 } = world;
  const serving = serve(world, [1, 0, 0, 0, 0, 0, 0, 0]);
  const candidate = serve(world, [1 - moved, moved, 0, 0, 0, 0, 0, 0]);
  const drawAction = () => {
    let left = random.uniform();
    const drawn = serving.findIndex((probability) => {
      left -= probability;
      return left < 0;
    });
    return drawn < 0 ? actions - 1 : drawn;
  };
  const chosen = Array.from({ length: rows }, drawAction);
  const rewards = Float64Array.from(chosen, (action) =>
    random.uniform() < (action === 1 ? loss * lossRatio : loss) ? 0 : 1,
  );
  const constant = (value: number) => new Float64Array(rows).fill(value);
  const predicted = Math.max(0.01, 1 - 1.5 * loss);
  const mass = candidate.reduce(
    (sum, probability, action) => sum + Math.min(probability, weightClip * serving[action]!),
    0,
  );
  const propensities = Float64Array.from(chosen, (action) => serving[action]!);
  const targetProbabilities = Float64Array.from(chosen, (action) => candidate[action]!);
  const clusters = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / 5));
  return {
    feedback: { rewards, propensities, clusters },
    predictions: constant(predicted),
    serving: { targetProbabilities: propensities, directValues: constant(predicted) },
    candidate: { targetProbabilities, directValues: constant(predicted) },
    checked: {
      mass: constant(mass),
      values: constant(mass * predicted),
      uniformWeights: propensities.map((propensity) => 1 / (actions * propensity)),
    },
    coverage: { candidate: 1, serving: 1 },
    predictedDifference: 0.01,
    weightClip,
  };
}
