import type { BanditWorld } from "../../src/domain/bandit-world.ts";
import { createCompactLearner } from "../../src/lab/compact-loop/compact-learner.ts";
import { runCompactLoop } from "../../src/lab/compact-loop/run-compact-loop.ts";
import { createBanditWorld } from "../../src/lab/worlds/bandit/bandit-world.ts";
import { drawMember, heldOutFamily } from "../../src/lab/worlds/bandit/world-family.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { mean } from "../statistics.ts";
import { createPolicies, fixedNames } from "./meta/policies.ts";
import { gainOverBest } from "./targets.ts";
import type { LearningWorld } from "./world.ts";

const metaPolicy = "meta-policy";
/** Held-out worlds of a seed, one of each kind of drift: ten seeds are fifty worlds. */
const worldsPerSeed = 5;
const cycles = 5;
/** Far from the seeds of training. */
const heldOutStart = 100_000;
const names = Object.keys(createPolicies());

/** What a user would choose who knows every click probability, mean over the visits. */
function valueOracle(world: BanditWorld, cycle: number, count: number): number {
  const { users, width, candidates } = world.visits(cycle, count);
  const truth = world.truth(cycle);
  const best = Array.from(users, (user, visit) =>
    Math.max(
      ...Array.from(candidates.subarray(visit * width, (visit + 1) * width), (item) =>
        truth(user, item),
      ),
    ),
  );
  return mean(best);
}

/** Clicks over the cycles that learning can change, as a share of the best possible. */
async function play(seed: number, name: string): Promise<number> {
  const { options: drawn, visitsPerCycle } = drawMember(heldOutFamily, seed, cycles);
  const world = createBanditWorld(drawn);
  // The same luck for all policies of a world.
  const random = createRandom(seed).split("meta");
  const learner = createCompactLearner(world, random, {
    policy: world.logging,
    ...createPolicies()[name],
  });
  const played = await runCompactLoop({ world, learner, cycles, visitsPerCycle, seed });
  const learned = played.slice(1);
  const best = learned.map(({ cycle }) => valueOracle(world, cycle - 1, visitsPerCycle));
  return mean(learned.map(({ meanReward }) => meanReward)) / mean(best);
}

const over = (others: readonly string[], gain: number) =>
  gainOverBest({ policy: metaPolicy, over: others, gain });

/** Trained on 200 simulated worlds, frozen, judged on 50 of shifted ranges that nothing was tuned on. */
export const metaWorld: LearningWorld = {
  name: "meta",
  description:
    "fifty held-out worlds of shifted ranges, five a seed; the gate is off, so that what is chosen serves",
  value: "clicks after the first cycle as a share of the best possible",
  better: "higher",
  cases: ["held-out worlds"],
  policies: names,
  main: metaPolicy,
  settings: { family: heldOutFamily, cycles, worldsPerSeed },
  targets: [
    over(fixedNames, -0.02),
    over(["default settings"], 0.03),
    over(["random search"], 0),
    over(["arg-max"], 0),
  ],
  run: async ({ seed, onProgress }) => {
    const first = (seed - 1) * worldsPerSeed + heldOutStart;
    const values: [string, number[]][] = [];
    for (const [index, name] of names.entries()) {
      const worlds: number[] = [];
      for (let world = 0; world < worldsPerSeed; world++)
        worlds.push(await play(first + world, name));
      onProgress((index + 1) / names.length);
      values.push([name, worlds]);
    }
    const of = (name: string) => values.find(([one]) => one === name)?.[1] ?? [];
    const best = of(metaPolicy).map((_, world) =>
      Math.max(...fixedNames.map((name) => of(name)[world] ?? 0)),
    );
    const regret = mean(of(metaPolicy).map((value, world) => 1 - value / (best[world] ?? 1)));
    return {
      values: Object.fromEntries(values.map(([name, worlds]) => [name, mean(worlds)])),
      figures: { "regret to each world's own best fixed setting, share of its value": regret },
    };
  },
};
