import { createCompactLearner } from "../../src/engine/compact-loop/compact-learner.ts";
import { runCompactLoop } from "../../src/engine/compact-loop/run-compact-loop.ts";
import { defaultFastLoop } from "../../src/engine/configuration.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { createBanditWorld } from "../../src/simulation/bandit/bandit-world.ts";
import { mean } from "../statistics.ts";
import { variants } from "./bandit/variants.ts";
import { measureRecovery, type Recovery } from "./recovery/measure-recovery.ts";
import { estimate } from "./results.ts";
import type { LearningTarget, LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

/** By visits a cycle: the least that the configuration's defaults start one on (`minDecisions`), and what comes together where there is more traffic. */
const loops: Readonly<Record<string, { cycles: number; visitsPerCycle: number }>> = {
  "1,000 visits a cycle": { cycles: 48, visitsPerCycle: 1000 },
  "2,000 visits a cycle": { cycles: 24, visitsPerCycle: 2000 },
  "4,000 visits a cycle": { cycles: 12, visitsPerCycle: 4000 },
};
const shape = { items: 200, candidates: 20, users: 500, clickRate: 0.2, misspecification: 1 };
const bounds = { window: 200, share: 0.9 };
/** Visits of a point of the curves. */
const stepVisits = 250;

const alone = "cycles alone";
const withLoop = "cycles and fast loop";
const policies = {
  [withLoop]: { fastLoop: defaultFastLoop },
  [alone]: {},
  "one setting and fast loop": { ...variants["MPO, fixed default"], fastLoop: defaultFastLoop },
};
const names = Object.keys(policies) as (keyof typeof policies)[];

interface Played extends Recovery {
  /** Mean reward of the quarter before the change. */
  readonly before: number;
  readonly curve: readonly number[];
  /** Mean of what each choice would weigh under the uniform one: 1 where propensities are true. */
  readonly meanWeight: number;
}

function play(name: keyof typeof policies, caseName: string, seed: number): Played {
  const loop = loops[caseName]!;
  const world = createBanditWorld({ seed, ...shape, ...loop, drift: "abrupt" });
  const learner = createCompactLearner(world, createRandom(seed).split("mpo"), policies[name]);
  const weights: number[] = [];
  const watched = {
    ...learner,
    learn: (...told: Parameters<typeof learner.learn>) => {
      const [rows] = told;
      weights.push(...rows.map(({ items, propensity }) => 1 / (items.length * propensity)));
      return learner.learn(...told);
    },
  };
  const rewards = runCompactLoop({ world, learner: watched, seed, ...loop }).flatMap(
    (cycle) => cycle.rewards,
  );
  const half = rewards.length / 2;
  return {
    ...measureRecovery(rewards.slice(half), bounds),
    before: mean(rewards.slice(half / 2, half)),
    curve: Array.from({ length: rewards.length / stepVisits }, (_, step) =>
      mean(rewards.slice(step * stepVisits, (step + 1) * stepVisits)),
    ),
    meanWeight: mean(weights),
  };
}

async function run({ caseName, seed, onProgress }: UnitOfWork): Promise<SeedOutcome> {
  const played = names.map((name, index) => {
    const one = play(name, caseName, seed);
    onProgress((index + 1) / names.length);
    return [name, one] as const;
  });
  const figures = played.flatMap(([name, one]) => [
    [`${name}: reward before the change`, one.before],
    [`${name}: optimum after it`, one.optimum],
    [`${name}: visits' worth of optimum lost`, one.lost],
    [`${name}: mean weight of the uniform choice`, one.meanWeight],
  ]);
  return {
    values: Object.fromEntries(played.map(([name, { visits }]) => [name, visits])),
    curves: Object.fromEntries(played.map(([name, { curve }]) => [name, curve])),
    figures: Object.fromEntries(figures),
  };
}

/** How many times as many visits one policy needs as another: the geometric mean over seeds, paired. */
const fewer = (caseName: string, times: number): LearningTarget => ({
  text: `${withLoop} back in at least ${times} times fewer visits than ${alone}, ${caseName}`,
  judge: ({ findValues }) => {
    const [own, other] = [findValues(withLoop, caseName), findValues(alone, caseName)];
    if (own === undefined || other === undefined) return undefined;
    const ratio = estimate(own.map((visits, seed) => Math.log(other[seed]! / visits)));
    const value = Math.exp(ratio.mean);
    const error = (value * ratio.standardError).toFixed(2);
    return { met: value >= times, found: `${value.toFixed(2)} ± ${error} times` };
  },
});

/** All tastes are replaced half-way: who is back first, and where? */
export const recoveryWorld: LearningWorld = {
  name: "recovery",
  description:
    "closed loop on linear models, 48,000 visits from the uniform choice; all tastes are replaced after 24,000",
  value: `visits after the change until ${bounds.window} of them reach ${100 * bounds.share} % of the learner's own optimum after it`,
  better: "lower",
  cases: Object.keys(loops),
  policies: names,
  main: withLoop,
  step: `${stepVisits} visits`,
  settings: { loops, shape, bounds, stepVisits, policies: names, fastLoop: defaultFastLoop },
  targets: Object.keys(loops).map((caseName) => fewer(caseName, 5)),
  run,
};
