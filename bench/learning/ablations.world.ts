import { runCompactLoop } from "../../src/engine/compact-loop/run-compact-loop.ts";
import type { DriftKind } from "../../src/simulation/bandit/bandit-options.ts";
import { createBanditWorld } from "../../src/simulation/bandit/bandit-world.ts";
import { mean } from "../statistics.ts";
import { createPolicy } from "./bandit/play.ts";
import { variantNames as allVariants } from "./bandit/variants.ts";
import type { LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

/** The fast loop is not left out but added: the world drift-at-once has it. */
const variantNames = allVariants.filter((name) => name !== "MPO and fast loop");
const kinds = ["none", "abrupt"] satisfies DriftKind[];
const loop = { cycles: 8, visitsPerCycle: 1000 };
const shape = { items: 200, candidates: 20, users: 500, clickRate: 0.2, misspecification: 1 };

async function run({ caseName, seed, onProgress }: UnitOfWork): Promise<SeedOutcome> {
  const world = createBanditWorld({ seed, ...shape, ...loop, drift: caseName as DriftKind });
  const curves = variantNames.map((name, index) => {
    const learner = createPolicy(name, world, { seed });
    const cycles = runCompactLoop({ world, learner, seed, ...loop });
    onProgress((index + 1) / variantNames.length);
    return [name, cycles.map(({ meanReward }) => meanReward)] as const;
  });
  return {
    values: Object.fromEntries(curves.map(([name, curve]) => [name, mean(curve)])),
    curves: Object.fromEntries(curves),
  };
}

/** What each part is worth, found by leaving it out. */
export const ablationsWorld: LearningWorld = {
  name: "ablations",
  description: "closed loop on linear models, 8 cycles of 1,000 visits, with parts of MPO left out",
  value: "mean true click probability of what was served, exploration included",
  better: "higher",
  cases: kinds,
  policies: variantNames,
  main: "MPO",
  step: "cycle",
  settings: { loop, shape },
  targets: [],
  run,
};
