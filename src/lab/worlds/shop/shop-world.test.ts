import { expect, test } from "vitest";
import type { ItemId } from "../../../domain/ids.ts";
import { createShopWorld } from "./shop-world.ts";

const visits = 3000;

/** Shows each visitor the slate that `choose` makes of the items in stock. */
function play(
  choose: (stocked: readonly ItemId[], turn: number) => readonly ItemId[],
  { seed = 1, visitsPerDay = 1500 } = {},
) {
  const world = createShopWorld({ seed, visitsPerDay });
  const stock = new Map(world.items.map((item) => [item.itemId, item.attributes.stock]));
  let [expected, earned] = [0, 0];
  for (let turn = 0; turn < visits; turn++) {
    for (const item of world.itemsBefore?.(turn) ?? [])
      stock.set(item.itemId, item.attributes.stock);
    const stocked = [...stock].filter(([, is]) => is).map(([item]) => item);
    const slate = choose(stocked, turn);
    expected += world.expectedReward(turn, slate);
    for (const { type } of world.react(turn, slate)) earned += type === "buy" ? 4 : 1;
  }
  return { ...world.counts(), expected: expected / visits, earned: earned / visits };
}

const from = (stocked: readonly ItemId[], start: number, count: number) =>
  Array.from(
    { length: count },
    (_, place) => stocked[1 + ((start + place) % (stocked.length - 1))]!,
  );

test("clicks and buys come as the truth says, and the best slates earn several times as much as others", () => {
  const any = play((stocked, turn) => from(stocked, 7 * turn, 6));
  // A visit's reward has a deviation below 2: five standard errors are below 0.2.
  expect(Math.abs(any.earned - any.expected)).toBeLessThan(0.2);
  const world = createShopWorld({ seed: 1 });
  const best = play((_, turn) => world.bestSlate(turn));
  expect(best.expected).toBeGreaterThan(3 * any.expected);
  expect(Math.abs(best.earned - best.expected)).toBeLessThan(0.3);
});

test("slates without the gift card at the end, of sold out items, or of one brand break the rules", () => {
  const card = ["gift-card"] as unknown as readonly ItemId[];
  const pair = (items: readonly ItemId[], turn: number) => [...from(items, 37 * turn, 2), ...card];
  // At few visits a day nobody sees the card four times. Two items have two brands at most.
  const kept = play(pair, { visitsPerDay: 200 });
  expect(kept.slates).toBe(visits);
  expect(kept.violations).toBeLessThan(0.05 * visits);
  const withoutCard = play((stocked, turn) => from(stocked, 37 * turn, 3), { visitsPerDay: 200 });
  expect(withoutCard.violations).toBeGreaterThan(0.9 * visits);
  const everything = createShopWorld({ seed: 1 }).items.map(({ itemId }) => itemId);
  const sold = play((_, turn) => pair(everything, turn), { visitsPerDay: 200 });
  expect(sold.violations).toBeGreaterThan(0.1 * visits);
  expect(play(pair).violations).toBeGreaterThan(0.2 * visits);
});

test("the same seed and slates give the same visits, and a seed is a whole number", () => {
  const first = play((stocked, turn) => from(stocked, turn, 6), { seed: 3 });
  expect(play((stocked, turn) => from(stocked, turn, 6), { seed: 3 })).toEqual(first);
  expect(play((stocked, turn) => from(stocked, turn, 6), { seed: 4 })).not.toEqual(first);
  expect(() => createShopWorld({ seed: 0.5 })).toThrow(/seed/);
});
