import { expect, test } from "vitest";
import type { BanditWorld } from "../../domain/bandit-world.ts";
import type { SelfCheck } from "../../domain/gate-record.ts";
import { defaultExploration } from "../../domain/scenario.ts";
import { largestRounding } from "../../evaluation/checks.ts";
import { createRandom } from "../../numeric/random.ts";
import { type CompactOptions, createCompactLearner, type Learner } from "./compact-learner.ts";
import { runCompactLoop } from "./run-compact-loop.ts";

/** Users and items with one-hot features; everything is offered at each visit. */
function tinyWorld(truth: readonly (readonly number[])[], users: number): BanditWorld {
  const items = truth[0]!.length;
  const kinds = truth.length;
  const oneHot = (rows: number, width: number) => ({
    width: width + 1,
    values: Float64Array.from({ length: rows * (width + 1) }, (_, cell) => {
      const [row, column] = [Math.floor(cell / (width + 1)), cell % (width + 1)];
      return column === width || row % width === column ? 1 : 0;
    }),
  });
  return {
    users,
    items,
    userFeatures: oneHot(users, kinds),
    itemFeatures: oneHot(items, items),
    logging: {
      weights: new Float64Array((kinds + 1) * (items + 1)),
      biases: new Float64Array(items),
    },
    visits: (cycle, count) => {
      const random = createRandom(31).split(cycle);
      return {
        users: Int32Array.from({ length: count }, () => random.integer(users)),
        width: items,
        candidates: Int32Array.from({ length: count * items }, (_, cell) => cell % items),
        moods: Float64Array.from({ length: count }, random.uniform),
      };
    },
    truth: () => (user, item) => truth[user % kinds]![item]!,
  };
}

const play = (world: BanditWorld, seed: number, learner: Learner) =>
  runCompactLoop({ world, learner, cycles: 3, visitsPerCycle: 250, seed });

const run = (world: BanditWorld, seed: number, options: CompactOptions = {}) =>
  play(world, seed, createCompactLearner(world, createRandom(seed), options));

const fastLoop = { forgetting: 0.95, temperature: 0.03, drawScale: 0.2 };

const identity = [0, 1, 2, 3].map((user) =>
  [0, 1, 2, 3].map((item) => (user === item ? 0.9 : 0.1)),
);

test("an identity bandit is solved: what a user likes is learned for each kind of user", async () => {
  const results = await run(tinyWorld(identity, 80), 11);
  expect(results[0]!.meanReward).toBeCloseTo(0.3, 12);
  // 0.9 less the cost of the exploration floor.
  expect(results[2]!.meanReward).toBeGreaterThan(0.8);
});

test("a world of three items, one good for everybody, is solved", async () => {
  const results = await run(tinyWorld([[0.9, 0.3, 0.05]], 60), 12);
  expect(results[0]!.meanReward).toBeCloseTo(1.25 / 3, 12);
  expect(results[2]!.meanReward).toBeGreaterThan(0.83);
});

test("the same seed gives the same run, another seed another one", async () => {
  const world = tinyWorld(identity, 80);
  expect(await run(world, 13)).toEqual(await run(world, 13));
  expect(await run(world, 14)).not.toEqual(await run(world, 13));
});

test("where all items are alike nothing takes over that could lose anything, and nothing breaks", async () => {
  const results = await run(tinyWorld([[0.2, 0.2, 0.2]], 60), 15);
  for (const { meanReward } of results) expect(meanReward).toBeCloseTo(0.2, 12);
});

test("without the gate every candidate serves", async () => {
  const world = tinyWorld(identity, 80);
  const gated = await run(world, 16);
  const free = await run(world, 16, { without: ["gate"] });
  expect(free[0]).toEqual(gated[0]);
  expect(free[1]!.meanReward).toBeGreaterThan(0.4);
});

test("a cycle adds to the floor of exploration, but not beside a fast loop, whose draws explore", async () => {
  const explorationAfter = async (options: CompactOptions) => {
    const world = tinyWorld(identity, 80);
    const learner = createCompactLearner(world, createRandom(21), options);
    await play(world, 21, learner);
    return learner.serve({ user: 0, items: Int32Array.of(0, 1, 2, 3) }).exploration;
  };
  expect(await explorationAfter({})).toBeGreaterThan(defaultExploration(false));
  expect(await explorationAfter({ fastLoop })).toBe(defaultExploration(true));
});

test.each([
  ["the loop", {}],
  ["the fast loop, whose draws are foreign", { fastLoop }],
])("each row of %s is borne out by the policy that served it", async (_, options) => {
  const checks: SelfCheck[] = [];
  const observe: CompactOptions["observe"] = ({ gate }) => checks.push(gate.selfCheck!);
  await run(tinyWorld(identity, 80), 17, { ...options, observe });
  expect(checks.length).toBe(3);
  for (const { leftOut, largestLogRatio } of checks) {
    expect(leftOut).toBe(0);
    expect(largestLogRatio).toBeLessThan(largestRounding / 1e6);
  }
});
