import { runCompactLoop } from "../../src/lab/compact-loop/run-compact-loop.ts";
import { createBanditWorld, poisonedItems } from "../../src/lab/worlds/bandit/bandit-world.ts";
import { mean } from "../statistics.ts";
import { createPolicy, type PolicyName, trueValue } from "./bandit/play.ts";
import { loopAlone } from "./bandit/variants.ts";
import type { WorldResults } from "./results.ts";
import type { LearningTarget, LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

/** What the reward model believes too much of a poisoned item, in reward. */
const levels: Readonly<Record<string, number>> = {
  clean: 0,
  "+0.05": 0.05,
  "+0.15": 0.15,
  "+0.4": 0.4,
  "+1": 1,
};
const mild = ["+0.05", "+0.15"];
const poisonedShare = 0.1;
const loop = { cycles: 4, visitsPerCycle: 2000 };
const shape = { items: 200, candidates: 20, users: 500, clickRate: 0.1, misspecification: 1 };
const policies: readonly PolicyName[] = [
  "MPO",
  "MPO and fast loop",
  loopAlone,
  "MPO, no gate",
  "greedy",
  "logging",
];

async function run({ caseName, seed, onProgress }: UnitOfWork): Promise<SeedOutcome> {
  const world = createBanditWorld({ seed, ...shape, ...loop });
  const inflation = new Float64Array(world.items);
  for (const item of poisonedItems(world, poisonedShare, seed)) inflation[item] = levels[caseName]!;
  const values: [string, number][] = [];
  for (const [index, name] of policies.entries()) {
    const learner = createPolicy(name, world, { seed, start: world.logging, inflation });
    await runCompactLoop({ world, learner, seed, ...loop });
    onProgress((index + 1) / policies.length);
    values.push([name, trueValue(world, learner, loop.cycles)]);
  }
  return { values: Object.fromEntries(values) };
}

const liftsOf = ({ findValues }: WorldResults, policy: string, caseName: string) => {
  const [own, logging] = [findValues(policy, caseName), findValues("logging", caseName)];
  return own && logging ? own.map((value, seed) => value - logging[seed]!) : undefined;
};

const neverBelow: LearningTarget = {
  text: "MPO not below the logging policy at any level, in any seed",
  judge: (results) => {
    const lifts = results.cases.map((caseName) => liftsOf(results, "MPO", caseName));
    if (lifts.includes(undefined)) return undefined;
    const lowest = Math.min(...lifts.flatMap((one) => one!));
    return { met: lowest >= 0, found: `lowest lift ${lowest.toFixed(4)}` };
  },
};

const keepsHalf: LearningTarget = {
  text: `MPO keeps more than half of its clean lift at ${mild.join(" and ")}`,
  judge: (results) => {
    const lifts = ["clean", ...mild].map((caseName) => liftsOf(results, "MPO", caseName));
    if (lifts.includes(undefined)) return undefined;
    const [clean, ...others] = lifts.map((one) => mean(one!));
    const shares = others.map((lift) => lift / clean!);
    return {
      met: shares.every((share) => share > 0.5),
      found: `keeps ${shares.map((share) => `${(100 * share).toFixed(0)} %`).join(" and ")}`,
    };
  },
};

/** A reward model that believes too much of some items, cycle after cycle. */
export const poisonedWorld: LearningWorld = {
  name: "poisoned",
  description:
    "closed loop on linear models, 4 cycles of 2,000 visits from the logging policy; the reward model believes too much of a tenth of the items",
  value: "true click probability of the policy after the last cycle, exploration not included",
  better: "higher",
  cases: Object.keys(levels),
  policies,
  main: "MPO",
  settings: { levels, poisonedShare, loop, shape },
  targets: [neverBelow, keepsHalf],
  run,
};
