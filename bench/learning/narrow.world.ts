import { createBanditWorld } from "../../src/lab/worlds/bandit/bandit-world.ts";
import { recipeNames } from "./bandit/baselines.ts";
import { createPolicy, logVisits, oracleValue, type PolicyName, trueValue } from "./bandit/play.ts";
import { loopAlone, notBelowLoop, type VariantName } from "./bandit/variants.ts";
import { gainOverBest } from "./targets.ts";
import type { LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

const logs = {
  "narrow-150": { items: 150, candidates: 150, rows: 3000, loggingSharpness: 3, clickRate: 0.1 },
  "narrow-500": { items: 500, candidates: 100, rows: 5000, loggingSharpness: 3, clickRate: 0.1 },
  mature: {
    items: 500,
    candidates: 100,
    rows: 5000,
    loggingSharpness: 3,
    clickRate: 0.02,
    loggingKnowledge: 0.9,
    qualityDeviation: 1,
  },
  broad: { items: 150, candidates: 50, rows: 12_000, loggingSharpness: 1, clickRate: 0.1 },
};
type CaseName = keyof typeof logs;
const common = { misspecification: 1, users: 1000 };

const main = "MPO and fast loop";
const ours: readonly VariantName[] = [
  main,
  loopAlone,
  "MPO",
  "MPO, no gate",
  "MPO, no discriminator",
  "MPO, judged by the model",
];
const baselines = recipeNames.filter((name) => !name.includes("LinUCB") && name !== "Thompson");
const policies: readonly PolicyName[] = [...ours, ...baselines];

/** One log, one chance to learn from it; everything starts from the policy that logged it. */
async function run({ caseName, seed, onProgress }: UnitOfWork): Promise<SeedOutcome> {
  const { rows: count, ...shape } = logs[caseName as CaseName];
  const world = createBanditWorld({ seed, ...common, ...shape });
  const rows = logVisits(world, { count, seed });
  const values: [string, number][] = [];
  for (const [index, name] of policies.entries()) {
    const learner = createPolicy(name, world, { seed, start: world.logging, gradientRows: count });
    for (const row of rows) learner.observe?.(row);
    await learner.learn(rows, 0);
    onProgress((index + 1) / policies.length);
    values.push([name, trueValue(world, learner, 1)]);
  }
  return { values: Object.fromEntries([...values, ["oracle", oracleValue(world, 1)]]) };
}

export const narrowWorld: LearningWorld = {
  name: "narrow",
  description:
    "one log, one chance to learn: 3,000 rows of 150 items or 5,000 of 500 from a narrow policy; 5,000 at a click rate of 2 % from one that knows what is good; 12,000 from a broad one",
  value: "true click probability of the learned policy, exploration not included",
  better: "higher",
  cases: Object.keys(logs),
  policies: [...policies, "oracle"],
  main,
  settings: { logs, common },
  targets: [
    notBelowLoop(main),
    gainOverBest({
      policy: main,
      over: baselines,
      cases: ["narrow-150", "narrow-500"],
      gain: 0.1,
    }),
    gainOverBest({ policy: main, over: baselines, cases: ["mature"], gain: 0.1 }),
    gainOverBest({
      policy: main,
      over: baselines,
      cases: ["broad"],
      gain: -0.01,
      standardErrors: 2,
    }),
  ],
  run,
};
