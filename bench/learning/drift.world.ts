import type { DriftKind } from "../../src/lab/worlds/bandit/bandit-options.ts";
import type { RecipeName } from "./bandit/baselines.ts";
import type { PolicyName } from "./bandit/play.ts";
import { playLoops } from "./bandit/play-loops.ts";
import { loopAlone, notBelowLoop } from "./bandit/variants.ts";
import { gainOverBest } from "./targets.ts";
import type { LearningWorld } from "./world.ts";

const kinds = ["none", "slow", "abrupt", "churn"] satisfies DriftKind[];
const size = {
  loop: { cycles: 12, visitsPerCycle: 2000 },
  shape: { items: 200, candidates: 20, users: 500, clickRate: 0.2, misspecification: 1 },
};

/** The first two learn every 16 visits, as the fast loop does; the others once a cycle. */
const baselines: readonly RecipeName[] = [
  "discounted LinUCB at once",
  "LinUCB at once",
  "popularity",
  "greedy",
  "softmax short",
  "softmax medium",
  "softmax long",
  "Thompson",
  "LinUCB",
  "DR gradient",
];
const main = "MPO and fast loop";
const policies: readonly PolicyName[] = [main, loopAlone, "MPO", "MPO, no gate", ...baselines];

/** The closed loop from the uniform choice, under drift of several speeds. */
export const driftWorld: LearningWorld = {
  name: "drift",
  description:
    "closed loop on linear models, 12 cycles of 2,000 visits from the uniform choice, under drift of several speeds",
  value: "mean true click probability of what was served, exploration included",
  better: "higher",
  cases: kinds,
  policies,
  main,
  step: "cycle",
  settings: size,
  targets: [gainOverBest({ policy: main, over: baselines, gain: 0.03 }), notBelowLoop(main)],
  run: playLoops(policies, size),
};
