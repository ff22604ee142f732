import { expect, test } from "vitest";
import { type ItemId, itemId, userId } from "../../src/domain/ids.ts";
import type { World } from "../../src/domain/world.ts";
import { createSyntheticWorld } from "../../src/lab/worlds/synthetic-world.ts";
import { referenceRewards } from "./reference-rewards.ts";

const [a, b, c] = [itemId("a"), itemId("b"), itemId("c")];

// Appeal of a, b and c to the two users, who come in turn; position 1 counts half.
const appeals: Record<string, number>[] = [
  { a: 1, b: 0, c: 0.5 },
  { a: 0.2, b: 0.6, c: 0.1 },
];
function handmadeWorld(slateSize: number): World {
  const appeal = (turn: number, id: ItemId) => appeals[turn % 2]![id]!;
  return {
    name: "handmade",
    items: [],
    users: [],
    history: [],
    slateSize,
    rewards: { weights: {}, minimum: 0, maximum: 1 },
    visit: (turn) => ({
      userId: userId(`user-${turn % 2}`),
      context: {},
      candidates: [b, a, c].map((id) => ({ itemId: id })),
    }),
    react: () => [],
    expectedReward: (turn, slate) =>
      slate.reduce((sum, id, position) => sum + appeal(turn, id) / (1 + position), 0),
    bestSlate: (turn) =>
      [a, b, c].sort((x, y) => appeal(turn, y) - appeal(turn, x)).slice(0, slateSize),
  };
}

test("the floors and the ceiling agree with those worked out by hand", () => {
  const { uniform, popularity, personal } = referenceRewards(handmadeWorld(1), { from: 0, to: 4 });
  expect(uniform).toBeCloseTo((1.5 + 0.9) / 6, 12);
  expect(popularity).toBeCloseTo((1 + 0.2) / 2, 12); // Means: a 0.6, b 0.3, c 0.3.
  expect(personal).toBeCloseTo((1 + 0.6) / 2, 12);
});

test("on slates each position counts by how it is seen", () => {
  const { uniform, personal } = referenceRewards(handmadeWorld(2), { from: 0, to: 2 });
  expect(uniform).toBeCloseTo(((1.5 + 0.9) / 6) * 1.5, 12);
  expect(personal).toBeCloseTo((1 + 0.5 / 2 + 0.6 + 0.2 / 2) / 2, 12);
});

test("a range is taken from its first visit to the one before its end", () => {
  expect(referenceRewards(handmadeWorld(1), { from: 1, to: 2 }).personal).toBe(0.6);
});

// The table in docs/methods/worlds.md: uniform, popularity, personal.
test.each([
  { seed: 1, half: "first", figures: [0.117, 0.196, 0.549] },
  { seed: 1, half: "second", figures: [0.117, 0.192, 0.552] },
  { seed: 2, half: "first", figures: [0.12, 0.207, 0.536] },
  { seed: 2, half: "second", figures: [0.12, 0.206, 0.541] },
  { seed: 3, half: "first", figures: [0.124, 0.21, 0.563] },
  { seed: 3, half: "second", figures: [0.12, 0.207, 0.554] },
])("the drifting world of seed $seed has the documented $half half", ({ seed, half, figures }) => {
  const world = createSyntheticWorld({ seed, drift: "abrupt", turns: 10_000 });
  const range = half === "first" ? { from: 0, to: 5000 } : { from: 5000, to: 10_000 };
  const { uniform, popularity, personal } = referenceRewards(world, range);
  const rounded = [uniform, popularity, personal].map((value) => Math.round(value * 1000) / 1000);
  expect(rounded).toEqual(figures);
});

test.each([1, 2, 3, 4, 5])("personalisation pays in the default world of seed %i", (seed) => {
  const world = createSyntheticWorld({ seed });
  const { uniform, popularity, personal } = referenceRewards(world, { from: 0, to: 2000 });
  expect(uniform).toBeGreaterThan(0.1);
  expect(uniform).toBeLessThan(0.15);
  expect(popularity / uniform).toBeGreaterThan(1.4);
  expect(personal / popularity).toBeGreaterThan(1.8);
});
