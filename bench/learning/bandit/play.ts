import type { BanditWorld, BilinearScores } from "../../../src/domain/bandit-world.ts";
import {
  createCompactLearner,
  type Learner,
} from "../../../src/lab/compact-loop/compact-learner.ts";
import { type CompactRow, playVisits } from "../../../src/lab/compact-loop/compact-row.ts";
import { createRandom } from "../../../src/numeric/random.ts";
import { createBaseline, type RecipeName, recipeNames } from "./baselines.ts";
import { loopAlone, type VariantName, variants } from "./variants.ts";

export type PolicyName = RecipeName | VariantName;

/** A policy by its name, from the uniform choice or from `start`. */
export function createPolicy(
  name: PolicyName,
  world: BanditWorld,
  options: {
    readonly seed: number;
    readonly start?: BilinearScores;
    readonly inflation?: Float64Array;
    readonly gradientRows?: number;
  },
): Learner {
  const { start, seed, ...rest } = options;
  if (recipeNames.includes(name as RecipeName))
    return createBaseline(name as RecipeName, world, options);
  const learner = createCompactLearner(world, createRandom(seed).split("mpo"), {
    ...variants[name as VariantName],
    ...rest,
    ...(start && { policy: start }),
  });
  return name === loopAlone ? { ...learner, learn: () => "stands still" } : learner;
}

/** Feedback that a policy's softmax logged in a world's first cycle, with an exploration floor. */
export function logVisits(
  world: BanditWorld,
  { count, seed }: { readonly count: number; readonly seed: number },
): readonly CompactRow[] {
  const { serve } = createBaseline("logging", world, { seed, start: world.logging });
  return playVisits({
    visits: world.visits(0, count),
    truth: world.truth(0),
    serve,
    names: Array.from({ length: world.items }, (_, item) => ({ itemId: `item-${item}` })),
    random: createRandom(seed).split("log"),
  }).rows;
}

/** Visits on which a policy is valued. */
const valueVisits = 1000;

/** Mean true reward of what a learner serves in a cycle, its exploration taken out, on visits that it did not see. */
export function trueValue(world: BanditWorld, { serve }: Learner, cycle: number): number {
  const { users, candidates, width } = world.visits(cycle, valueVisits);
  const click = world.truth(cycle);
  let value = 0;
  for (const [visit, user] of users.entries()) {
    const items = candidates.subarray(visit * width, (visit + 1) * width);
    const { probabilities, exploration } = serve({ user, items });
    for (const [a, item] of items.entries()) {
      const pure = (probabilities[a]! - exploration / width) / (1 - exploration);
      value += (pure * click(user, item)) / users.length;
    }
  }
  return value;
}

/** Mean true reward of the best candidate. */
export function oracleValue(world: BanditWorld, cycle: number): number {
  const { users, candidates, width } = world.visits(cycle, valueVisits);
  const click = world.truth(cycle);
  const best = Array.from(users, (user, visit) => {
    const offered = candidates.subarray(visit * width, (visit + 1) * width);
    return Math.max(...Array.from(offered, (item) => click(user, item)));
  });
  return best.reduce((sum, value) => sum + value, 0) / best.length;
}
