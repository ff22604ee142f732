import { numberClusters } from "../../src/evaluation/clusters.ts";
import type { GateInput } from "../../src/evaluation/gate.ts";
import { weighStrata } from "../../src/evaluation/strata.ts";
import { normaliseLogs } from "../../src/numeric/log-probabilities.ts";
import type { RandomStream } from "../../src/numeric/random.ts";
import { drawIndex } from "../../src/policy/slate.ts";

const actions = 20;
const states = 8;
const weightClip = 20;
const rowsPerUser = 5;
/** Exploration of the arms, and the smaller one of the baseline: its greedy choice leaves the others 0.0025. */
const [exploration, leastExploration] = [0.1, 0.05];

/** Shares of the users: the arms of a scenario in the middle of a trial. */
const shares = { serving: 0.79, canary: 0.1, holdback: 0.05, anchor: 0.01, baseline: 0.05 };
export type SimulatedArm = keyof typeof shares;
const armNames = Object.keys(shares) as SimulatedArm[];

export interface ArmsWorld {
  readonly users: number;
  /** True relative lift of the candidate over the serving policy, exact in every state. */
  readonly lift: number;
  /** Arms whose rows judge. */
  readonly judging: readonly SimulatedArm[];
}

const serve = (logits: Float64Array, epsilon: number) =>
  normaliseLogs(logits).map((log) => (1 - epsilon) * Math.exp(log) + epsilon / actions);

/** Sums over the actions of a state, for rows of one arm. */
interface ArmSums {
  readonly mass: number;
  readonly value: number;
  readonly differenceSpread: number;
  readonly servingSpread: number;
}

interface State {
  readonly policies: Readonly<Record<SimulatedArm | "candidate", Float64Array>>;
  /** (π − π₀)/Σ(π − π₀)²: along it rewards rise by the lift. */
  readonly gain: Float64Array;
  /** Worth of the actions, on which candidate and serving policy agree in the mean. */
  readonly worth: Float64Array;
  readonly sums: Readonly<Record<SimulatedArm, ArmSums>>;
  readonly direct: { readonly serving: number; readonly candidate: number };
}

const dot = (left: Float64Array, right: Float64Array) =>
  left.reduce((sum, value, a) => sum + value * right[a]!, 0);

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const believe = (gain: number) => 0.25 + 0.006 * gain;

function sumArm(
  { candidate, serving, ...others }: State["policies"],
  gain: Float64Array,
  arm: SimulatedArm,
): ArmSums {
  const made = { serving, ...others }[arm];
  const within = candidate.map((value, a) =>
    Math.min(value, Math.max(weightClip * made[a]!, serving[a]!)),
  );
  return {
    mass: sum(within),
    value: dot(within, gain.map(believe)),
    differenceSpread: sum(within.map((value, a) => (value - serving[a]!) ** 2 / made[a]!)),
    servingSpread: sum(serving.map((value, a) => value ** 2 / made[a]!)),
  };
}

/** Policies of one state: each is some steps away from the serving one, the baseline is greedy and the same in all states. */
function createState(popularity: Float64Array, random: RandomStream): State {
  const step = (from: Float64Array, size: number) =>
    from.map((logit) => logit + size * random.normal());
  const before = step(new Float64Array(actions), 1.5);
  const serving = step(before, 0.7);
  const policies = {
    serving: serve(serving, exploration),
    candidate: serve(step(serving, 0.7), exploration),
    canary: serve(step(serving, 0.7), exploration),
    holdback: serve(before, exploration),
    anchor: serve(step(before, 1), exploration),
    baseline: serve(popularity, leastExploration),
  };
  const move = policies.candidate.map((value, a) => value - policies.serving[a]!);
  const gain = move.map((value) => value / dot(move, move));
  const free = move.map(() => 0.08 * (random.uniform() - 0.5));
  const shared = dot(free, move);
  const sums = Object.fromEntries(armNames.map((arm) => [arm, sumArm(policies, gain, arm)]));
  const believed = gain.map(believe);
  return {
    policies,
    gain,
    worth: free.map((value, a) => value - shared * gain[a]!),
    sums: sums as State["sums"],
    direct: {
      serving: dot(policies.serving, believed),
      candidate: dot(policies.candidate, believed),
    },
  };
}

/**
 * A gate's input with a known answer from the rows of several arms. A user has one arm, but a fifth come back in another. Users expect a
 * reward of 0.2 or 0.4. The reward model knows neither users nor actions, but believes in the candidate.
 */
export function simulateArms(world: ArmsWorld, random: RandomStream): GateInput {
  const popularity = Float64Array.from({ length: actions }, (_, a) => 50 * -a);
  const all = Array.from({ length: states }, () => createState(popularity, random));
  const chances = Float64Array.from(Object.values(shares));
  const rows = Array.from({ length: world.users }, (_, user) => {
    const base = random.uniform() < 0.5 ? 0.2 : 0.4;
    const draw = () => armNames[drawIndex(chances, random.uniform())]!;
    const [first, second] = [draw(), draw()];
    const moves = random.uniform() < 0.2;
    return Array.from({ length: rowsPerUser }, (_, visit) => {
      const arm = moves && visit > 2 ? second : first;
      const state = all[random.integer(states)]!;
      const action = drawIndex(state.policies[arm], random.uniform());
      const chance = base + 0.3 * world.lift * state.gain[action]! + state.worth[action]!;
      const reward = random.uniform() < chance ? 1 : 0;
      return { user, arm, state, action, reward, sums: state.sums[arm] };
    });
  })
    .flat()
    .filter(({ arm }) => world.judging.includes(arm));
  type Row = (typeof rows)[number];
  const of = (value: (row: Row) => number) => Float64Array.from(rows, value);
  const policyOf = (name: "serving" | "candidate") => ({
    targetProbabilities: of(({ state, action }) => state.policies[name][action]!),
    directValues: of(({ state }) => state.direct[name]),
  });
  const arms = rows.map(({ arm }) => arm);
  return {
    feedback: {
      rewards: of(({ reward }) => reward),
      propensities: of(({ state, arm, action }) => state.policies[arm][action]!),
      clusters: Int32Array.from(rows, ({ user }) => user),
    },
    predictions: of(({ state, action }) => believe(state.gain[action]!)),
    serving: policyOf("serving"),
    candidate: policyOf("candidate"),
    checked: {
      mass: of(({ sums }) => sums.mass),
      values: of(({ sums }) => sums.value),
      uniformWeights: of(({ state, arm, action }) => {
        const logging = state.policies[arm];
        return 1 / (logging.length * logging[action]!);
      }),
    },
    rowWeights: weighStrata({
      index: numberClusters(rows.length, arms).index,
      differenceSpread: of(({ sums }) => sums.differenceSpread),
      servingSpread: of(({ sums }) => sums.servingSpread),
    }),
    coverage: { candidate: 1, serving: 1 },
    predictedDifference: 0.03,
    weightClip,
  };
}
