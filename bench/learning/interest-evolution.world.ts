import { interestTask } from "./sessions/interest-task.ts";
import { runPolicies, type SessionRun, topPlaces } from "./sessions/run-policies.ts";
import { bound, gainOverBest } from "./targets.ts";
import type { LearningWorld } from "./world.ts";

const long = { discount: 0.99, target: "fitted" } as const;
const loops = {
  "MPO, γ 0.99": { algorithm: "mpo", values: long },
  "MPO, γ 0": { algorithm: "mpo", values: { ...long, discount: 0 } },
  "ε-greedy on fitted Q, γ 0.99": { algorithm: "greedy", values: long },
} as const;
const sizes = { cycles: 6, sessionsPerCycle: 150, valuedSessions: 200 };

const run: SessionRun = {
  task: interestTask,
  ...sizes,
  loops,
  fixed: {
    random: ({ candidates }, random) =>
      topPlaces(
        Array.from(candidates, () => random.uniform()),
        3,
      ),
    "highest interests": ({ candidates, interests }) =>
      topPlaces(
        Array.from(candidates, (topic) => interests[topic]!),
        3,
      ),
    "highest true qualities": ({ trueQualities }) => topPlaces(trueQualities, 3),
  },
};

/**
 * Sessions of sessions/interest-evolution.ts. Ie et al. 2019 have 159.2 for random, 166.3 for the highest interests, and 174.6 for
 * SlateQ's best variant after 300,000 steps; these loops have about 75,000.
 */
export const interestEvolutionWorld: LearningWorld = {
  name: "interest-evolution",
  description: "RecSim's interest evolution: slates of 3, a time budget that good documents extend",
  value: "minutes watched a session",
  better: "higher",
  cases: ["interest-evolution"],
  policies: [...Object.keys(loops), ...Object.keys(run.fixed)],
  main: "MPO, γ 0.99",
  step: "cycle of 150 sessions",
  settings: { loops, sizes },
  targets: [
    bound({ name: "MPO, γ 0.99", kind: "value", direction: "at least", limit: 220 }),
    gainOverBest({
      policy: "MPO, γ 0.99",
      over: ["ε-greedy on fitted Q, γ 0.99"],
      gain: -0.01,
      standardErrors: 2,
    }),
  ],
  run: async (unit) => runPolicies(run, unit),
};
