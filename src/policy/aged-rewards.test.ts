import { expect, test } from "vitest";
import { itemId } from "../domain/ids.ts";
import { createRandom } from "../numeric/random.ts";
import { type AgedRewards, createAgedRewards } from "./aged-rewards.ts";

const ids = Array.from({ length: 40 }, (_, index) => itemId(`i-${index}`));
const [hidden] = ids;
type Half = "older" | "first" | "second";

const halfOf = (decision: number, decisions: number): Half => {
  if (decision < decisions - 500) return "older";
  return decision % 2 === 0 ? "first" : "second";
};

/**
 * Every decision shows ten items; item i earns in i of 400, from `change` on in 40 − i. The first item is not shown any more then. From `later` on
 * the second one, then the best, earns nothing.
 */
function play(decisions: number, change: number, later = decisions) {
  const random = createRandom(decisions + change);
  const rewards = createAgedRewards<Half>(decisions);
  let shown = 0;
  for (let impression = 0; impression < 10 * decisions; impression++) {
    const decision = Math.floor(impression / 10);
    const index = random.integer(ids.length);
    const rate = (decision < change ? index : ids.length - index) / 400;
    const isOut = decision >= later && index === 1;
    const reward = random.uniform() < rate && !isOut ? 1 : 0;
    if (decision >= change && index === 0) continue;
    shown += 1;
    rewards.add({ decision, half: halfOf(decision, decisions), itemId: ids[index]!, reward });
  }
  return { rewards, shown };
}

const impressionsOf = (rewards: AgedRewards<Half>, ...without: Half[]) =>
  [...rewards.sum(...without).values()].reduce((sum, { impressions }) => sum + impressions, 0);

test("while items are as they are, every impression counts, and halves are left out", () => {
  const { rewards } = play(4000, 4000);
  expect(rewards.outdated()).toBe(0);
  expect(impressionsOf(rewards)).toBe(40_000);
  expect(impressionsOf(rewards, "first")).toBe(37_500);
  expect(impressionsOf(rewards, "first", "second")).toBe(35_000);
});

test.each([
  ["an eighth of the decisions ago", 7000],
  ["half of them ago", 4000],
])(
  "after a change %s the older impressions hardly count, and the newer ones in full",
  (_, change) => {
    const { rewards, shown } = play(8000, change);
    const newer = (8000 - change) * 10 * (1 - 1 / ids.length);
    expect(impressionsOf(rewards)).toBeLessThan(1.3 * newer);
    expect(impressionsOf(rewards)).toBeGreaterThan(0.9 * newer);
    expect(rewards.outdated()).toBeCloseTo(1 - impressionsOf(rewards) / shown, 12);
    // Of 200 impressions.
    expect(rewards.sum().get(hidden!)!.impressions).toBeLessThan(30);
  },
);

test("what one change has ended stays so after a second change, of one item", () => {
  const first = impressionsOf(play(8000, 4000).rewards);
  const { rewards } = play(8000, 4000, 6000);
  // Some 1,000 impressions of that item in the newest half, of which 500 are outdated.
  expect(impressionsOf(rewards)).toBeLessThan(first);
  expect(rewards.sum().get(ids[1]!)!.impressions).toBeLessThan(700);
});

test("a change counts for every sum, though it shows in the halves that a sum leaves out", () => {
  const { rewards } = play(8000, 7500);
  expect(impressionsOf(rewards, "first", "second")).toBeLessThan(0.5 * 75_000);
});

test("a loop without decisions has no rewards", () => {
  const rewards = createAgedRewards<Half>(0);
  expect(rewards.sum()).toEqual(new Map());
  expect(rewards.outdated()).toBe(0);
});
