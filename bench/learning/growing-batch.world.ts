import { runCompactLoop } from "../../src/lab/compact-loop/run-compact-loop.ts";
import { createBanditWorld } from "../../src/lab/worlds/bandit/bandit-world.ts";
import { mean } from "../statistics.ts";
import { createPolicy, type PolicyName, trueValue } from "./bandit/play.ts";
import { loopAlone, notBelowLoop } from "./bandit/variants.ts";
import { bound, gainOverBest } from "./targets.ts";
import type { LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

const loop = { cycles: 11, visitsPerCycle: 2000 };
const shape = { items: 200, candidates: 20, users: 500, clickRate: 0.2, misspecification: 1 };
const main = "MPO and fast loop";
const policies: readonly PolicyName[] = [
  main,
  loopAlone,
  "MPO",
  "MPO, no gate",
  "greedy",
  "softmax long",
];
/** Share of its value that a policy has to lose from one cycle to the next; it is known exactly, so that no noise comes in. */
const regressionShare = 0.01;

async function play(name: PolicyName, seed: number) {
  const world = createBanditWorld({ seed, ...shape, ...loop });
  const learner = createPolicy(name, world, { seed });
  const valuesAfter: number[] = [];
  const watched = {
    ...learner,
    learn: async (...told: Parameters<typeof learner.learn>) => {
      const note = await learner.learn(...told);
      valuesAfter.push(trueValue(world, learner, loop.cycles));
      return note;
    },
  };
  const curve = await runCompactLoop({ world, learner: watched, seed, ...loop });
  const regressions = valuesAfter.filter(
    (value, index) => value < (1 - regressionShare) * (valuesAfter[index - 1] ?? 0),
  );
  return { curve: curve.map(({ meanReward }) => meanReward), regressions: regressions.length };
}

async function run({ seed, onProgress }: UnitOfWork): Promise<SeedOutcome> {
  const played: [PolicyName, Awaited<ReturnType<typeof play>>][] = [];
  for (const [index, name] of policies.entries()) {
    played.push([name, await play(name, seed)]);
    onProgress((index + 1) / policies.length);
  }
  return {
    values: Object.fromEntries(played.map(([name, { curve }]) => [name, mean(curve)])),
    curves: Object.fromEntries(played.map(([name, { curve }]) => [name, curve])),
    figures: Object.fromEntries(
      played.map(([name, { regressions }]) => [
        `regressions of ${name} in 10 changes`,
        regressions,
      ]),
    ),
  };
}

/** More of the same feedback each cycle: who gets better without ever getting worse? */
export const growingBatchWorld: LearningWorld = {
  name: "growing-batch",
  description:
    "closed loop on linear models in a world that stays as it is, 11 cycles of 2,000 visits",
  value: "mean true click probability of what was served, exploration included",
  better: "higher",
  cases: ["stationary"],
  policies,
  main,
  step: "cycle",
  settings: { loop, shape, regressionShare },
  targets: [
    gainOverBest({ policy: main, over: ["greedy"], gain: 0, standardErrors: 2 }),
    notBelowLoop(main),
    bound({
      name: `regressions of ${main} in 10 changes`,
      kind: "figure",
      direction: "at most",
      limit: 0.3,
    }),
  ],
  run,
};
