import type { BanditWorld, BilinearScores } from "../../../src/domain/bandit-world.ts";
import type { Learner } from "../../../src/lab/compact-loop/compact-learner.ts";
import type { CompactRow } from "../../../src/lab/compact-loop/compact-row.ts";
import {
  createBilinearFeatures,
  emptyScores,
  type Offer,
} from "../../../src/lab/linear/bilinear.ts";
import { policyLogs } from "../../../src/lab/linear/softmax-policy.ts";
import { createRandom } from "../../../src/numeric/random.ts";
import { blockSize } from "../../../src/policy/fast-loop/renewed-model.ts";
import { linUcb } from "./lin-ucb.ts";
import { climb, type GradientKind } from "./policy-gradient.ts";
import { argmax, type Recipe, type RecipeInput } from "./recipe.ts";
import { createRewardModel, type RewardModel } from "./reward-model.ts";

const softmax = (values: Float64Array, temperature: number): Float64Array => {
  const largest = Math.max(...values);
  const masses = values.map((value) => Math.exp((value - largest) / temperature));
  const total = masses.reduce((sum, value) => sum + value, 0);
  return masses.map((value) => value / total);
};

const average = (heads: readonly Float64Array[]): Float64Array =>
  heads[0]!.map((_, a) => heads.reduce((sum, head) => sum + head[a]!, 0) / heads.length);

const onModel = (
  model: RewardModel,
  choose: (heads: readonly Float64Array[], offer: Offer) => Float64Array,
): Recipe => ({
  learn: model.learn,
  choose: (offer) => choose(model.heads(offer), offer),
});

/** Items by their mean reward, shrunk towards the mean of all by ten showings. */
function popularity({ features }: RecipeInput): Recipe {
  const count = features.items.values.length / features.items.width;
  const [shown, clicked] = [new Float64Array(count), new Float64Array(count)];
  return {
    learn: (rows) => {
      for (const { items, action, reward } of rows) {
        shown[items[action]!]! += 1;
        clicked[items[action]!]! += reward;
      }
    },
    choose: ({ items }) => {
      const total = shown.reduce((sum, value) => sum + value, 0);
      const mean = clicked.reduce((sum, value) => sum + value, 0) / Math.max(1, total);
      return argmax(
        Float64Array.from(items, (item) => (clicked[item]! + 10 * mean) / (shown[item]! + 10)),
      );
    },
  };
}

/** Temperature of the fixed softmax, in shares of the mean reward of the log. */
const temperatureShare = 0.1;

const softmaxOn =
  (halfLife: number) =>
  ({ features, inflation }: RecipeInput): Recipe => {
    const model = createRewardModel(features, { halfLife, ...(inflation && { inflation }) });
    let mean = 0;
    let count = 0;
    return {
      learn: (rows) => {
        model.learn(rows);
        for (const { reward } of rows) mean += (reward - mean) / ++count;
      },
      choose: (offer) => softmax(model.heads(offer)[0]!, Math.max(1e-4, temperatureShare * mean)),
    };
  };

const greedy = ({ features, inflation }: RecipeInput): Recipe =>
  onModel(
    createRewardModel(features, {
      halfLife: Number.POSITIVE_INFINITY,
      ...(inflation && { inflation }),
    }),
    ([head]) => argmax(head!),
  );

/** One of ten bootstrapped models drawn for each request, and its best item: the distribution over the draw. */
const thompson = ({ features, seed }: RecipeInput): Recipe =>
  onModel(
    createRewardModel(features, {
      halfLife: Number.POSITIVE_INFINITY,
      bootstraps: { heads: 10, random: createRandom(seed).split("thompson") },
    }),
    (heads) => average(heads.map(argmax)),
  );

const gradient =
  (kind: GradientKind) =>
  ({ features, start, inflation, gradientRows }: RecipeInput): Recipe => {
    const model = createRewardModel(features, {
      halfLife: Number.POSITIVE_INFINITY,
      ...(inflation && { inflation }),
    });
    let policy = start;
    let log: readonly CompactRow[] = [];
    return {
      learn: (rows) => {
        model.learn(rows);
        log = [...rows, ...log].slice(0, gradientRows);
        const valuesOf = (offer: Offer) => model.heads(offer)[0]!;
        policy = climb(features, policy, { kind, rows: log, valuesOf });
      },
      choose: (offer) => policyLogs(features, policy, offer).map(Math.exp),
    };
  };

const logging = ({ features, start }: RecipeInput): Recipe => ({
  learn: () => {},
  choose: (offer) => policyLogs(features, start, offer).map(Math.exp),
});

/** In blocks of the fast loop, 16 visits: 2,000 visits. */
const discountedHalfLife = 125;

/** By the name that reports give them. */
export const recipes = {
  logging,
  popularity,
  greedy,
  "softmax short": softmaxOn(0.75),
  "softmax medium": softmaxOn(3),
  "softmax long": softmaxOn(Number.POSITIVE_INFINITY),
  Thompson: thompson,
  LinUCB: linUcb(Number.POSITIVE_INFINITY),
  "LinUCB at once": linUcb(Number.POSITIVE_INFINITY),
  "discounted LinUCB at once": linUcb(discountedHalfLife),
  "IPS gradient": gradient("ips"),
  "DR gradient": gradient("dr"),
  REINFORCE: gradient("reinforce"),
} satisfies Record<string, (input: RecipeInput) => Recipe>;

export type RecipeName = keyof typeof recipes;
export const recipeNames = Object.keys(recipes) as readonly RecipeName[];

/** Uniform share that a baseline serves on top, as MPO has its floor; Thompson and LinUCB explore by themselves. */
const explorationOf = (name: RecipeName): number =>
  name === "Thompson" || name.includes("LinUCB")
    ? 0
    : name === "greedy" || name === "popularity"
      ? 0.05
      : 0.03;

/** A baseline as a loop: the uniform choice first, or the policy that gradients start from. */
export function createBaseline(
  name: RecipeName,
  world: BanditWorld,
  options: {
    readonly seed: number;
    readonly start?: BilinearScores;
    readonly inflation?: Float64Array;
    /** Newest rows that a policy gradient climbs on; default 1,500. */
    readonly gradientRows?: number;
  },
): Learner {
  const features = createBilinearFeatures(world.userFeatures, world.itemFeatures);
  const { start = emptyScores(features), seed, inflation, gradientRows = 1500 } = options;
  const recipe = recipes[name]({
    features,
    seed,
    start,
    gradientRows,
    ...(inflation && { inflation }),
  });
  const exploration = explorationOf(name);
  let hasLearned = false;
  const learn = (rows: readonly CompactRow[]) => {
    recipe.learn(rows);
    hasLearned = true;
    return "learned";
  };
  let block: CompactRow[] = [];
  const learnAtOnce = {
    observe: (row: CompactRow) => {
      block.push(row);
      if (block.length < blockSize) return;
      learn(block);
      block = [];
    },
    learn: () => "learned at once",
  };
  return {
    serve: (offer) => {
      const chosen = hasLearned
        ? recipe.choose(offer)
        : policyLogs(features, start, offer).map(Math.exp);
      const probabilities = chosen.map(
        (value) => (1 - exploration) * value + exploration / chosen.length,
      );
      return { probabilities, arm: "serving", exploration };
    },
    ...(name.endsWith("at once") ? learnAtOnce : { learn }),
  };
}
