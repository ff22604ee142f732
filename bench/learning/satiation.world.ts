import { runPolicies, type SessionRun } from "./sessions/run-policies.ts";
import { satiationTask } from "./sessions/satiation-task.ts";
import { gainOverBest } from "./targets.ts";
import type { LearningWorld } from "./world.ts";

const long = { discount: 0.95, target: "fitted" } as const;
const myopic = { discount: 0, target: "fitted" } as const;

const loops = {
  "MPO, γ 0.95": { algorithm: "mpo", values: long },
  "MPO, γ 0.95, observed returns alone": {
    algorithm: "mpo",
    values: { ...long, target: "observed" },
  },
  "MPO, γ 0": { algorithm: "mpo", values: myopic },
  "ε-greedy on fitted Q, γ 0.95": { algorithm: "greedy", values: long },
  "ε-greedy on the reward model": { algorithm: "greedy", values: myopic },
} as const;
const sizes = { cycles: 6, sessionsPerCycle: 400, valuedSessions: 600 };

const run: SessionRun = {
  task: satiationTask,
  ...sizes,
  loops,
  fixed: { uniform: ({ candidates }, random) => [random.integer(candidates.length)] },
};

/** Sessions of sessions/satiation-world.ts: what pays at once wears the session out. */
export const satiationWorld: LearningWorld = {
  name: "satiation",
  description: "users tire of what they consume and leave",
  value: "consumed items a session",
  better: "higher",
  cases: ["satiation"],
  policies: [...Object.keys(loops), "uniform"],
  main: "MPO, γ 0.95",
  step: "cycle of 400 sessions",
  settings: { loops, sizes },
  targets: [
    gainOverBest({
      policy: "MPO, γ 0.95",
      over: ["MPO, γ 0", "ε-greedy on the reward model", "uniform"],
      gain: 0.15,
    }),
    gainOverBest({
      policy: "MPO, γ 0.95",
      over: ["ε-greedy on fitted Q, γ 0.95"],
      gain: -0.01,
      standardErrors: 2,
    }),
  ],
  run: async (unit) => runPolicies(run, unit),
};
