import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { createCatalogueScorer } from "../../policy/transformer/catalogue-scorer.ts";
import { createTransformer } from "../../policy/transformer/parameters.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";
import { type ClippedSum, createClippedSum } from "../../tensor/clipped-sum.ts";
import { createGraph } from "../../tensor/graph.ts";
import { countPrivately, pairPrivately } from "../privacy/noisy-counts.ts";
import { spectralStart } from "./spectral-start.ts";
import { drawUsers, type PrivateTrainingOptions, trainPrivately } from "./train-privately.ts";
import { buildUserLosses, userFeeds } from "./user-losses.ts";

const shape: TransformerShape = {
  items: 12,
  width: 8,
  blocks: 1,
  heads: 1,
  length: 6,
  feedForward: "relu",
};
const parameters = createTransformer(shape, createRandom(1)).parameters;
const bound = 0.05;
const users = 3;
let clipped: ClippedSum;

beforeAll(async () => {
  const graph = createGraph();
  const built = buildUserLosses(graph, shape, users);
  clipped = await createClippedSum({ graph, ...built, bound, threads: 1 });
});
afterAll(() => clipped.close());

const sumOf = async (windows: readonly (readonly number[])[]) =>
  (await clipped.run({ ...userFeeds(windows, { users, length: shape.length }), ...parameters }))
    .slopes;

const code = fc.integer({ min: -shape.items, max: shape.items - 1 });
const item = fc.nat(shape.items - 1);
/** Its last item is to be foreseen. */
const window = fc
  .tuple(fc.array(code, { minLength: 1, maxLength: shape.length - 1 }), item)
  .map(([before, last]) => [...before, last]);

test("whoever leaves changes the sum by no more than the clip, and nobody else's part", async () => {
  await fc.assert(
    fc.asyncProperty(window, window, window, async (one, other, leaving) => {
      const [all, without, alone] = [
        await sumOf([one, other, leaving]),
        await sumOf([one, other]),
        await sumOf([leaving]),
      ];
      const change = all.map((value, index) => value - without[index]!);
      expect(Math.hypot(...change)).toBeLessThanOrEqual(bound);
      const apart = change.map((value, index) => value - alone[index]!);
      expect(Math.hypot(...apart)).toBeLessThan(1e-5 * bound);
    }),
    { seed: 2, numRuns: 40 },
  );
});

/** Two camps of six items; each user stays in one. */
const sequences = Array.from({ length: 400 }, (_, user) => {
  const random = createRandom(user);
  return Array.from({ length: 6 }, () => 6 * (user % 2) + random.integer(6));
});
const options = (seed: number): PrivateTrainingOptions => {
  const source = createRandom(seed);
  const noise = { items: shape.items, noise: 1, source };
  const counts = countPrivately(sequences, noise);
  const paired = Int32Array.from({ length: shape.items }, (_, number) => number);
  const pairs = pairPrivately(sequences, paired, noise);
  return {
    sequences,
    shape,
    source,
    threads: 1,
    clock: () => 0,
    start: spectralStart(shape, { paired, pairs, counts }, 1),
    plan: { steps: 10, samplingRate: 0.2, clip: 0.5, noise: 1, countsNoise: 1, pairsNoise: 1 },
  };
};

/** Mean over items of the share of the best five others that are of their camp. */
async function campShare(model: Parameters<typeof createCatalogueScorer>[0]) {
  const scorer = await createCatalogueScorer(model, { rows: shape.items });
  const scores = await scorer.score(Array.from({ length: shape.items }, (_, one) => [one]));
  await scorer.close();
  const shares = scores.map((row, one) => {
    const best = [...row.keys()].filter((other) => other !== one).sort((a, b) => row[b]! - row[a]!);
    return best.slice(0, 5).filter((other) => other < 6 === one < 6).length / 5;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

test("a start of noisy pairs knows who goes with whom, and training keeps it", async () => {
  const given = options(3);
  expect(await campShare({ shape, parameters: given.start })).toBe(1);
  const { model, steps } = await trainPrivately(given);
  expect(steps).toBe(10);
  expect(await campShare(model)).toBeGreaterThan(0.9);
});

test("the same source gives the same model, bit for bit", async () => {
  const [one, same, other] = await Promise.all(
    [3, 3, 4].map((seed) => trainPrivately(options(seed))),
  );
  expect(same!.model).toEqual(one!.model);
  expect(other!.model).not.toEqual(one!.model);
});

test("a training that has no more time ends with the steps that it ran", async () => {
  let now = 0;
  const clock = () => now++;
  const { steps } = await trainPrivately({ ...options(3), clock, budget: 5 });
  expect(steps).toBeGreaterThan(0);
  expect(steps).toBeLessThan(10);
});

test("a start is refused for shapes that it does not fit", () => {
  const statistics = { paired: Int32Array.of(0), pairs: new Float64Array(1), counts: [1] };
  expect(() => spectralStart({ ...shape, blocks: 2 }, statistics, 1)).toThrow("one block");
});

test("each user is drawn with the stated chance, independent of the others", () => {
  const [population, draws, samplingRate] = [400, 500, 0.1];
  const own = Array.from({ length: population }, (_, user) => [user, user]);
  const parts = {
    sequences: own,
    plan: { samplingRate },
    shape: { length: 6 },
    source: createRandom(4),
  };
  const times = new Float64Array(population);
  const [sizes, pairs] = [new Float64Array(draws), new Float64Array(population)];
  for (let draw = 0; draw < draws; draw++) {
    const drawn = new Set(drawUsers(parts).map((window) => window[0] ?? -1));
    sizes[draw] = drawn.size;
    for (const user of drawn) {
      times[user]! += 1;
      if (drawn.has(user + 1)) pairs[user]! += 1;
    }
  }
  const totalOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const variance = (chance: number, count: number) => count * chance * (1 - chance);
  const whole = totalOf(times);
  const all = population * draws;
  expect(Math.abs(whole - samplingRate * all)).toBeLessThan(
    4 * Math.sqrt(variance(samplingRate, all)),
  );
  // χ² of the users' counts, and of the sizes of samples: n ± 4·√(2n).
  const chiSquare = (values: Float64Array, trials: number) =>
    values.reduce((sum, value) => sum + (value - samplingRate * trials) ** 2, 0) /
    variance(samplingRate, trials);
  expect(Math.abs(chiSquare(times, draws) - population)).toBeLessThan(
    4 * Math.sqrt(2 * population),
  );
  expect(Math.abs(chiSquare(sizes, population) - draws)).toBeLessThan(4 * Math.sqrt(2 * draws));
  // Neighbours come together as often as two strangers do.
  const both = samplingRate ** 2;
  const possible = (population - 1) * draws;
  expect(Math.abs(totalOf(pairs) - both * possible)).toBeLessThan(
    4 * Math.sqrt(variance(both, possible)),
  );
});

test("a user with any number of events is one stretch of a step, no longer than the network and its next item", async () => {
  const source = createRandom(5);
  for (const events of [2, 7, 50, 20_000]) {
    const long = Array.from({ length: events }, (_, index) => index % shape.items);
    const drawn = drawUsers({ sequences: [long], plan: { samplingRate: 1 }, shape, source });
    expect(drawn).toHaveLength(1);
    expect(drawn[0]!.length).toBeLessThanOrEqual(shape.length + 1);
    expect(
      Math.hypot(...(await sumOf(drawn.map((window) => Array.from(window))))),
    ).toBeLessThanOrEqual(bound);
  }
});

test("no column of the start is spent on pairs that repel each other", () => {
  const size = shape.items;
  // Items attract each other in four groups of three, the groups' strengths apart; two pairs of groups repel each other more.
  const group = (item: number) => Math.floor(item / 3);
  const pairs = Float64Array.from({ length: size * size }, (_, cell) => {
    const [row, column] = [Math.floor(cell / size), cell % size];
    if (row === column) return 0;
    if (group(row) === group(column)) return 10 + group(row);
    return Math.floor(group(row) / 2) === Math.floor(group(column) / 2) ? -40 : 0;
  });
  const paired = Int32Array.from({ length: size }, (_, number) => number);
  const statistics = { paired, pairs, counts: new Float32Array(size).fill(100) };
  const { itemTable } = spectralStart({ ...shape, width: 4 }, statistics, 1);
  // Half of the width are columns, of which the other half is the negative.
  for (const column of [0, 1]) {
    const values = Array.from({ length: size }, (_, item) => itemTable![item * 4 + column]!);
    expect(Math.hypot(...values)).toBeGreaterThan(0.5);
  }
});
