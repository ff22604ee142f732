import { runCompactLoop } from "../../src/engine/compact-loop/run-compact-loop.ts";
import type { DriftKind } from "../../src/simulation/bandit/bandit-options.ts";
import { createBanditWorld } from "../../src/simulation/bandit/bandit-world.ts";
import { mean } from "../statistics.ts";
import type { RecipeName } from "./bandit/baselines.ts";
import { createPolicy, type PolicyName } from "./bandit/play.ts";
import { gainOverBest } from "./targets.ts";
import type { LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

const kinds = ["none", "slow", "abrupt", "churn"] satisfies DriftKind[];
const loop = { cycles: 12, visitsPerCycle: 2000 };
const shape = { items: 200, candidates: 20, users: 500, clickRate: 0.2, misspecification: 1 };

const baselines: readonly RecipeName[] = [
  "popularity",
  "greedy",
  "softmax short",
  "softmax medium",
  "softmax long",
  "Thompson",
  "LinUCB",
  "DR gradient",
];
const policies: readonly PolicyName[] = ["MPO", "MPO, no gate", ...baselines];

/** Plays the policies on a seed of a kind of drift. */
export const runDrift =
  (policies: readonly PolicyName[]) =>
  async ({ caseName, seed, onProgress }: UnitOfWork): Promise<SeedOutcome> => {
    const world = createBanditWorld({ seed, ...shape, ...loop, drift: caseName as DriftKind });
    const curves = policies.map((name, index) => {
      const learner = createPolicy(name, world, { seed });
      const cycles = runCompactLoop({ world, learner, seed, ...loop });
      onProgress((index + 1) / policies.length);
      return [name, cycles.map(({ meanReward }) => meanReward)] as const;
    });
    return {
      values: Object.fromEntries(curves.map(([name, curve]) => [name, mean(curve)])),
      curves: Object.fromEntries(curves),
    };
  };

/** The closed loop from the uniform choice, under drift of several speeds. */
export const driftWorld: LearningWorld = {
  name: "drift",
  description:
    "closed loop on linear models, 12 cycles of 2,000 visits from the uniform choice, under drift of several speeds",
  value: "mean true click probability of what was served, exploration included",
  better: "higher",
  cases: kinds,
  policies,
  main: "MPO",
  step: "cycle",
  settings: { loop, shape },
  targets: [gainOverBest({ policy: "MPO", over: baselines, gain: 0.03 })],
  run: runDrift(policies),
};
