import type { BanditWorld } from "../../src/domain/bandit-world.ts";
import { clopperPearsonInterval } from "../../src/evaluation/intervals/clopper-pearson.ts";
import { runCompactLoop } from "../../src/lab/compact-loop/run-compact-loop.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { createPolicy } from "./bandit/play.ts";
import type { LearningTarget, LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

const shape = { users: 200, items: 20, goodItems: 10, cyclesPerSeed: 100 };

interface Rates {
  readonly visits: number;
  /** Click rates of the good items and of the others. */
  readonly good: number;
  readonly poor: number;
}

/** At low rates a cycle can't show that the serving policy is better than chance. */
const rates: Readonly<Record<string, Rates>> = {
  equal: { visits: 500, good: 0.5, poor: 0.05 },
  "5 and 2.5 %": { visits: 1000, good: 0.05, poor: 0.025 },
  "5 and 3.5 %": { visits: 1000, good: 0.05, poor: 0.035 },
};
const cases = Object.keys(rates);

function ratesOf(name: string): Rates {
  const found = rates[name];
  if (found === undefined) throw new RangeError(`no case '${name}': ${cases.join(", ")}`);
  return found;
}
/** Logit by which the serving policy puts poor items behind: it gives them as good as nothing but exploration. */
const distaste = 9;
const featureWidth = 4;

/**
 * Half of the items are good and alike, half poor; features mean nothing, and the serving policy is uniform on the good ones. No policy is
 * better.
 */
function createNullWorld(seed: number, { good, poor }: Rates): BanditWorld {
  const random = createRandom(seed).split("null-world");
  const table = (rows: number) => ({
    width: featureWidth,
    values: Float64Array.from({ length: rows * featureWidth }, (_, cell) =>
      cell % featureWidth === featureWidth - 1 ? 1 : random.normal(),
    ),
  });
  const { users, items } = shape;
  return {
    users,
    items,
    userFeatures: table(users),
    itemFeatures: table(items),
    logging: {
      weights: new Float64Array(featureWidth * featureWidth),
      biases: Float64Array.from({ length: items }, (_, item) =>
        item < shape.goodItems ? 0 : -distaste,
      ),
    },
    visits: (cycle, count) => {
      const stream = random.split(`visits/${cycle}`);
      return {
        users: Int32Array.from({ length: count }, () => stream.integer(users)),
        width: items,
        candidates: Int32Array.from({ length: count * items }, (_, cell) => cell % items),
        moods: Float64Array.from({ length: count }, stream.uniform),
      };
    },
    truth: () => (_, item) => (item < shape.goodItems ? good : poor),
  };
}

async function isPromoted(seed: number, found: Rates): Promise<boolean> {
  const world = createNullWorld(seed, found);
  const learner = createPolicy("MPO", world, { seed, start: world.logging });
  const [cycle] = await runCompactLoop({
    world,
    learner,
    seed,
    cycles: 1,
    visitsPerCycle: found.visits,
  });
  return cycle!.note === "promote";
}

async function run({ caseName, seed, onProgress }: UnitOfWork): Promise<SeedOutcome> {
  let promoted = 0;
  for (let index = 0; index < shape.cyclesPerSeed; index++) {
    if (await isPromoted(seed * shape.cyclesPerSeed + index, ratesOf(caseName))) promoted++;
    onProgress((index + 1) / shape.cyclesPerSeed);
  }
  return { values: { MPO: promoted / shape.cyclesPerSeed } };
}

const fewPromotions = (name: string): LearningTarget => ({
  text: `at most 5 % of the null cycles promote to all traffic (${name})`,
  judge: ({ seeds, findValues }) => {
    const shares = findValues("MPO", name);
    if (shares === undefined) return undefined;
    const cycles = seeds.length * shape.cyclesPerSeed;
    const promoted = Math.round(
      shares.reduce((sum, share) => sum + share, 0) * shape.cyclesPerSeed,
    );
    const { lower, upper } = clopperPearsonInterval({ successes: promoted, trials: cycles });
    return {
      met: promoted <= 0.05 * cycles,
      found: `${promoted} of ${cycles}, 95 % interval ${(100 * lower).toFixed(1)} to ${(100 * upper).toFixed(1)} %`,
    };
  },
});

/** Cycles in which there is nothing to gain: what takes over then is luck. */
export const nullWorld: LearningWorld = {
  name: "null",
  description:
    "first cycles of a policy that can't be improved, 500 to 1,000 visits each, 100 a seed",
  value: "share of the cycles that promote to all traffic",
  better: "lower",
  cases,
  policies: ["MPO"],
  main: "MPO",
  settings: { shape, rates, distaste },
  targets: cases.map(fewPromotions),
  run,
};
