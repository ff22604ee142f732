import type { PolicyName } from "./bandit/play.ts";
import { playLoops } from "./bandit/play-loops.ts";
import { driftSize, driftWorld } from "./drift.world.ts";
import { gainOverBest } from "./targets.ts";
import type { LearningWorld } from "./world.ts";

const baselines = ["LinUCB at once", "discounted LinUCB at once"] as const;
const { main } = driftWorld;
const policies: readonly PolicyName[] = ["MPO and fast loop", "MPO", ...baselines];

/** The worlds of `drift`, with learners that need no cycle to learn. */
export const driftAtOnceWorld: LearningWorld = {
  ...driftWorld,
  name: "drift-at-once",
  description: `${driftWorld.description}; learners that learn every 16 visits`,
  policies,
  targets: [gainOverBest({ policy: main, over: baselines, gain: 0.03 })],
  run: playLoops(policies, driftSize),
};
