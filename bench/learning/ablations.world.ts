import type { DriftKind } from "../../src/lab/worlds/bandit/bandit-options.ts";
import { playLoops } from "./bandit/play-loops.ts";
import { variantNames } from "./bandit/variants.ts";
import type { LearningWorld } from "./world.ts";

const kinds = ["none", "abrupt"] satisfies DriftKind[];
const size = {
  loop: { cycles: 8, visitsPerCycle: 1000 },
  shape: { items: 200, candidates: 20, users: 500, clickRate: 0.2, misspecification: 1 },
};

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
  settings: size,
  targets: [],
  run: playLoops(variantNames, size),
};
