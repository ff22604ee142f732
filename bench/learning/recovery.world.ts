import { defaultFastLoop } from "../../src/engine/configuration/fast-loop-schema.ts";
import { createCompactLearner } from "../../src/lab/compact-loop/compact-learner.ts";
import { runCompactLoop } from "../../src/lab/compact-loop/run-compact-loop.ts";
import { createBanditWorld } from "../../src/lab/worlds/bandit/bandit-world.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { mean } from "../statistics.ts";
import { loopAlone, variants } from "./bandit/variants.ts";
import { countUntil, measureRecovery } from "./recovery/measure-recovery.ts";
import { estimate, estimateDifference, formatEstimate, type WorldResults } from "./results.ts";
import type { LearningTarget, LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

/** By visits a cycle: the least that the configuration's defaults start one on (`minDecisions`), those of the other worlds, and what comes together where there is more traffic. */
const loops: Readonly<Record<string, { cycles: number; visitsPerCycle: number }>> = {
  "1,000 visits a cycle": { cycles: 24, visitsPerCycle: 1000 },
  "2,000 visits a cycle": { cycles: 12, visitsPerCycle: 2000 },
  "4,000 visits a cycle": { cycles: 12, visitsPerCycle: 4000 },
};
const cases = Object.keys(loops);
const shape = { items: 200, candidates: 20, users: 500, clickRate: 0.2, misspecification: 1 };
const bounds = { window: 200, share: 0.9 };
/** Visits of a point of the curves. */
const stepVisits = 250;

const alone = "cycles alone";
const withLoop = "cycles and fast loop";
const policies = {
  [withLoop]: variants["MPO and fast loop"],
  [alone]: variants.MPO,
  [loopAlone]: variants[loopAlone],
};
type PolicyName = keyof typeof policies;
const names = Object.keys(policies) as PolicyName[];

interface PlayedPolicy extends Awaited<ReturnType<typeof play>> {
  readonly name: PolicyName;
  readonly recovery: ReturnType<typeof measureRecovery>;
}

async function play(name: PolicyName, caseName: string, seed: number) {
  const loop = loops[caseName]!;
  const world = createBanditWorld({ seed, ...shape, ...loop, drift: "abrupt" });
  const learner = createCompactLearner(world, createRandom(seed).split("mpo"), policies[name]);
  const weights: number[] = [];
  const watched = {
    ...learner,
    learn: (...told: Parameters<typeof learner.learn>) => {
      const [rows] = told;
      weights.push(...rows.map(({ items, propensity }) => 1 / (items.length * propensity)));
      return name === loopAlone ? "stands still" : learner.learn(...told);
    },
  };
  const played = await runCompactLoop({ world, learner: watched, seed, ...loop });
  const rewards = played.flatMap((cycle) => cycle.rewards);
  return { rewards, after: rewards.slice(rewards.length / 2), meanWeight: mean(weights) };
}

const drawCurve = (rewards: readonly number[]) =>
  Array.from({ length: rewards.length / stepVisits }, (_, step) =>
    mean(rewards.slice(step * stepVisits, (step + 1) * stepVisits)),
  );

async function run({ caseName, seed, onProgress }: UnitOfWork): Promise<SeedOutcome> {
  const played: PlayedPolicy[] = [];
  for (const [index, name] of names.entries()) {
    const one = await play(name, caseName, seed);
    onProgress((index + 1) / names.length);
    played.push({ name, ...one, recovery: measureRecovery(one.after, bounds) });
  }
  const goal = bounds.share * played.find(({ name }) => name === alone)!.recovery.optimum;
  const figures = played.flatMap(({ name, rewards, after, meanWeight, recovery }) => [
    [
      `${name}: reward before the change`,
      mean(rewards.slice(rewards.length / 4, rewards.length / 2)),
    ],
    [`${name}: optimum after it`, recovery.optimum],
    [`${name}: optimum's worth of visits lost`, recovery.lost],
    [`${name}: visits to 90 % of the optimum of ${alone}`, countUntil(after, { ...bounds, goal })],
    [`${name}: mean weight of the uniform choice`, meanWeight],
  ]);
  return {
    values: Object.fromEntries(played.map(({ name, recovery }) => [name, recovery.visits])),
    curves: Object.fromEntries(played.map(({ name, rewards }) => [name, drawCurve(rewards)])),
    figures: Object.fromEntries(figures),
  };
}

/** How many times as many visits one policy needs as another: the geometric mean over seeds, paired. */
const fewer = (caseName: string, times: number): LearningTarget => ({
  text: `${withLoop} back in at least ${times} times fewer visits than ${alone}, ${caseName}`,
  judge: ({ findValues }) => {
    const [own, other] = [findValues(withLoop, caseName), findValues(alone, caseName)];
    if (own === undefined || other === undefined) return undefined;
    const logs = estimate(own.map((visits, seed) => Math.log(other[seed]! / visits)));
    const ratio = Math.exp(logs.mean);
    const standardError = ratio * logs.standardError;
    return {
      met: ratio >= times,
      found: `${formatEstimate({ mean: ratio, standardError })} times`,
    };
  },
});

/** What the cycles add to the loop. */
const noLaterThanLoop: LearningTarget = {
  text: `${withLoop} back in no more visits than ${loopAlone}, two standard errors allowed`,
  judge: ({ findMeanValues }: WorldResults) => {
    const [own, other] = [withLoop, loopAlone].map((name) => findMeanValues(name, cases));
    if (own === undefined || other === undefined) return undefined;
    const excess = estimateDifference(own, other);
    const allowed = Number.isNaN(excess.standardError) ? 0 : 2 * excess.standardError;
    return { met: excess.mean <= allowed, found: `${formatEstimate(excess)} visits more` };
  },
};

/** Who settles for less is back sooner. */
const noWorse: LearningTarget = {
  text: `optimum of ${withLoop} not below that of ${alone}`,
  judge: ({ findFigures }: WorldResults) => {
    const gains = cases.map((caseName) => {
      const [own, other] = [withLoop, alone].map((name) =>
        findFigures(`${name}: optimum after it`, caseName),
      );
      return own && other && estimate(own.map((optimum, seed) => optimum - other[seed]!));
    });
    if (gains.includes(undefined)) return undefined;
    return {
      met: gains.every((gain) => gain!.mean >= 0),
      found: gains.map((gain, index) => `${formatEstimate(gain!)} at ${cases[index]}`).join(", "),
    };
  },
};

/** All tastes are replaced half-way: who is back first, and where? */
export const recoveryWorld: LearningWorld = {
  name: "recovery",
  description:
    "closed loop on linear models from the uniform choice; all tastes are replaced half-way",
  value: `visits after the change until ${bounds.window} of them reach ${100 * bounds.share} % of the learner's own optimum after it`,
  better: "lower",
  cases,
  policies: names,
  main: withLoop,
  step: `${stepVisits} visits`,
  settings: { loops, shape, bounds, stepVisits, fastLoop: defaultFastLoop },
  targets: [...cases.map((caseName) => fewer(caseName, 5)), noWorse, noLaterThanLoop],
  run,
};
