import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { type GateInput, judgeCandidate } from "./gate.ts";
import { type GateLimits, gateLimits } from "./gate-guards.ts";

const seed = 59;
const rows = 4000;
const weightClip = 20;

interface HarmfulWorld {
  /** Probabilities of the serving policy, which made the log, and of the candidate. */
  readonly serving: readonly number[];
  readonly candidate: readonly number[];
  /** What an action earns from people. */
  readonly worth: readonly number[];
  /** Rewards that the log shows, if others than people are in it. */
  readonly seen?: readonly number[];
  /** p as it was logged, if it was logged wrongly. */
  readonly logged?: readonly number[];
}

const mean = (policy: readonly number[], values: readonly number[]) =>
  policy.reduce((sum, probability, a) => sum + probability * values[a]!, 0);

/** A log of the serving policy, five rows a user, and a reward model that is the same for all actions. */
function simulate({ serving, candidate, worth, ...world }: HarmfulWorld): GateInput {
  const { seen = worth, logged = serving } = world;
  const random = createRandom(seed);
  const draw = () => {
    let left = random.uniform();
    return serving.findIndex((probability) => {
      left -= probability;
      return left < 0;
    });
  };
  const actions = Array.from({ length: rows }, draw);
  const rewards = Float64Array.from(actions, (a) => (random.uniform() < seen[a]! ? 1 : 0));
  const constant = (value: number) => new Float64Array(rows).fill(value);
  const of = (values: readonly number[]) => Float64Array.from(actions, (a) => values[a]!);
  const mass = candidate.reduce((sum, p, a) => sum + Math.min(p, weightClip * logged[a]!), 0);
  const predicted = 0.3;
  return {
    feedback: {
      rewards,
      propensities: of(logged),
      clusters: Int32Array.from(actions, (_, row) => Math.floor(row / 5)),
    },
    predictions: constant(predicted),
    serving: { targetProbabilities: of(logged), directValues: constant(predicted) },
    candidate: { targetProbabilities: of(candidate), directValues: constant(predicted) },
    checked: {
      mass: constant(mass),
      values: constant(mass * predicted),
      uniformWeights: of(logged).map((propensity) => 1 / (logged.length * propensity)),
    },
    coverage: { candidate: 1, serving: 1 },
    predictedDifference: 0.01,
    weightClip,
  };
}

const harmful: readonly [guard: string, HarmfulWorld, lenient: Partial<GateLimits>][] = [
  [
    // Bots of many names click on whatever the floor shows; people don't.
    "effective sample share",
    { serving: [0.975, 0.025], candidate: [0, 1], worth: [0.3, 0.1], seen: [0.3, 1] },
    { effectiveSampleShare: 0 },
  ],
  [
    // Action 1 was shown three times as often as the log says: each of its rewards counts threefold.
    "distance of the mean weight",
    { serving: [0.7, 0.3], candidate: [0.4, 0.6], worth: [0.5, 0.45], logged: [0.9, 0.1] },
    { meanWeightDeviations: 1e6 },
  ],
  [
    // Most of its mass is beyond the limit, on an action that few but bots were shown.
    "checked mass",
    {
      serving: [0.5, 0.49, 0.01],
      candidate: [0, 0.28, 0.72],
      worth: [0.1, 0.3, 0],
      seen: [0.1, 0.3, 1],
    },
    { checkedMass: 0 },
  ],
];

test.each(harmful)("the guard '%s' alone stops a harmful candidate", (name, world, lenient) => {
  const { serving, candidate, worth } = world;
  expect(mean(candidate, worth)).toBeLessThan(mean(serving, worth));
  const gate = judgeCandidate(simulate(world));
  expect(gate.guards.filter(({ passed }) => !passed).map((guard) => guard.name)).toEqual([name]);
  expect(gate.verdict).toBe("hold");
  const unguarded = judgeCandidate({ ...simulate(world), limits: { ...gateLimits, ...lenient } });
  expect(unguarded.verdict).toBe("promote");
});

test("what the log never showed can't carry a promotion: its loss is taken for granted", () => {
  const unseen = simulate({
    serving: [0.5, 0.4999, 0.0001],
    candidate: [0, 0.45, 0.55],
    worth: [0.2, 0.6, 0],
  });
  const limits = { ...gateLimits, checkedMass: 0 };
  const { verdict, interval } = judgeCandidate({ ...unseen, limits });
  expect(verdict).toBe("not-enough-data");
  expect(interval![0]).toBeLessThan(0);
});

test("the guard 'catalogue coverage' alone stops a gain that is bought with a narrow catalogue", () => {
  const better = simulate({ serving: [0.5, 0.5], candidate: [0.1, 0.9], worth: [0.2, 0.4] });
  const narrow = { ...better, coverage: { candidate: 0.3, serving: 1 } };
  expect(judgeCandidate(better).verdict).toBe("promote");
  const gate = judgeCandidate(narrow);
  expect(gate.guards.filter(({ passed }) => !passed)).toMatchObject([
    { name: "catalogue coverage" },
  ]);
  expect(gate.verdict).toBe("hold");
});

/** A third of the rows are those of one user more, who clicks on action 1 now and then, and on nothing else. */
function addBot(input: GateInput): GateInput {
  const { feedback, candidate } = input;
  const isOfBot = (row: number) => row < rows / 3;
  const prefersIt = (row: number) => candidate.targetProbabilities[row]! > 0.5;
  const clusters = Int32Array.from(feedback.clusters as Int32Array, (user, row) =>
    isOfBot(row) ? rows : user,
  );
  const rewards = feedback.rewards.map((reward, row) =>
    isOfBot(row) ? Number(prefersIt(row) && row % 16 === 0) : reward,
  );
  return { ...input, feedback: { ...feedback, rewards, clusters } };
}

test.each([
  ["that the other users don't prove makes a canary", 0.34, "canary"],
  ["that the other users prove is promoted", 0.36, "promote"],
] as const)("beside a bot a gain %s", (_, worth, verdict) => {
  const people = simulate({ serving: [0.5, 0.5], candidate: [0.35, 0.65], worth: [0.3, worth] });
  const gate = judgeCandidate(addBot(people));
  expect(gate.interval![0]).toBeGreaterThan(0);
  expect(gate.verdict).toBe(verdict);
  expect(gate.reason.includes("without the user who adds most to it")).toBe(verdict === "canary");
  expect(gate.withoutOneUser!.difference).toBeLessThan(gate.difference!);
});

test("a position that only the user who adds most has is left out with that user", () => {
  const people = simulate({ serving: [0.5, 0.5], candidate: [0.35, 0.65], worth: [0.3, 0.36] });
  const positions = Int32Array.from({ length: rows }, (_, row) => (row < rows / 3 ? 1 : 0));
  const input = addBot(people);
  const { verdict } = judgeCandidate({ ...input, checked: { ...input.checked, positions } });
  expect(verdict).toBe("promote");
});
