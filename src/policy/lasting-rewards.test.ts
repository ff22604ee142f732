import { describe, expect, test } from "vitest";
import { clicksOf } from "../../tests/support/sample.ts";
import { type ItemId, itemId } from "../domain/ids.ts";
import { createRandom, type RandomStream } from "../numeric/random.ts";
import type { ItemRewards, RewardsByItem } from "./item-rewards.ts";
import { lastingShares as lastingAbove } from "./lasting-rewards.ts";

const lastingShares = (older: RewardsByItem, newer: RewardsByItem, lowest = 0) =>
  lastingAbove(older, newer, lowest);

const items = 60;
const seeds = Array.from({ length: 10 }, (_, index) => 100 + index);
const ids = Array.from({ length: items }, (_, index) => itemId(`i-${index}`));

/** Click rates from 0.5 to 9.5 %, in an order of its own. */
function drawRates(random: RandomStream): number[] {
  const rates = ids.map((_, index) => 0.005 + (0.09 * index) / items);
  return rates.sort(() => random.uniform() - 0.5);
}

function draw(
  rates: readonly number[],
  impressions: number,
  random: RandomStream,
): Map<ItemId, ItemRewards> {
  return new Map(
    rates.map((rate, index) => {
      let clicks = 0;
      for (let one = 0; one < impressions; one++) clicks += random.uniform() < rate ? 1 : 0;
      return [ids[index]!, clicksOf(impressions, clicks)];
    }),
  );
}

const sharesOf = (older: RewardsByItem, newer: RewardsByItem): number[] => {
  const share = lastingShares(older, newer);
  return ids.map((id) => share?.(id) ?? 1);
};

describe.each(seeds)("seed %i", (seed) => {
  const random = createRandom(seed);
  const rates = drawRates(random.split("rates"));
  const older = draw(rates, 2000, random.split("older"));

  test("rewards of items that are as they were last in full", () => {
    expect(lastingShares(older, draw(rates, 500, random.split("newer")))).toBeUndefined();
  });

  test("so they do if seven of ten events are lost", () => {
    const fewer = rates.map((rate) => 0.3 * rate);
    expect(lastingShares(older, draw(fewer, 1500, random.split("fewer")))).toBeUndefined();
  });

  test("of all items drawn anew, those that were not shown since count less than a tenth", () => {
    const newer = draw(drawRates(random.split("anew")), 500, random.split("newer"));
    const shown = new Map([...newer].slice(0, items / 2));
    for (const share of sharesOf(older, shown).slice(items / 2)) expect(share).toBeLessThan(0.1);
  });

  test("one item that changed is forgotten, and the others last", () => {
    const best = rates.indexOf(Math.max(...rates));
    const changed = rates.map((rate, index) => (index === best ? 0.005 : rate));
    const shares = sharesOf(older, draw(changed, 1000, random.split("newer")));
    const others = shares.filter((_, index) => index !== best).sort((a, b) => a - b);
    expect(shares[best]).toBeLessThan(0.001);
    // A few look changed by chance, and all may have by a little, which moves none of their means by a tenth.
    expect(others[6]).toBeGreaterThan(0.2);
    expect(others[30]).toBeGreaterThan(0.5);
  });
});

const [a, b] = [itemId("a"), itemId("b")];
const both = (first: ItemRewards, second: ItemRewards) =>
  new Map([
    [a, first],
    [b, second],
  ]);

test.each<[string, RewardsByItem, RewardsByItem]>([
  ["nothing was shown before", new Map(), both(clicksOf(9, 1), clicksOf(9, 2))],
  ["nothing was shown since", both(clicksOf(900, 10), clicksOf(900, 200)), new Map()],
  [
    "other items are shown",
    both(clicksOf(900, 10), clicksOf(900, 200)),
    new Map([
      [itemId("c"), clicksOf(90, 9)],
      [itemId("d"), clicksOf(90, 9)],
    ]),
  ],
  [
    "nothing earned anything",
    both(clicksOf(900, 0), clicksOf(900, 0)),
    both(clicksOf(90, 9), clicksOf(90, 0)),
  ],
  [
    "nothing earns anything",
    both(clicksOf(900, 10), clicksOf(900, 200)),
    both(clicksOf(900, 0), clicksOf(900, 0)),
  ],
])("all rewards last if %s", (_, older, newer) => {
  expect(lastingShares(older, newer)).toBeUndefined();
});

test("losses of items are compared too", () => {
  const lossesOf = (impressions: number, losses: number) => ({
    impressions,
    weightSquares: impressions,
    rewardSum: -losses,
    rewardSquares: losses,
  });
  const older = new Map(ids.map((id, index) => [id, lossesOf(2000, 200 + 10 * index)]));
  const same = new Map(ids.map((id, index) => [id, lossesOf(500, 50 + 2.5 * index)]));
  const reversed = new Map(ids.map((id, index) => [id, lossesOf(500, 200 - 2.5 * index)]));
  expect(lastingShares(older, same, -1)).toBeUndefined();
  expect(lastingShares(older, reversed, -1)!(ids[0]!)).toBeLessThan(0.05);
});

test("of an item that changed beyond doubt a trace is left, so that no sum is empty", () => {
  const older = both(clicksOf(9000, 8000), clicksOf(9000, 100));
  const newer = both(clicksOf(9000, 10), clicksOf(9000, 3000));
  expect(lastingShares(older, newer)!(a)).toBeGreaterThan(0);
});

test("items without a new impression lose alike, as far as they were known", () => {
  const older = new Map(ids.map((id, index) => [id, clicksOf(1000, 10 + 2 * index)]));
  const newer = new Map(
    ids.slice(0, items / 2).map((id, index) => [id, clicksOf(1000, 130 - 2 * index)] as const),
  );
  const rarely = itemId("rarely");
  const lasting = lastingShares(older.set(rarely, clicksOf(10, 1)), newer)!;
  const [one, other] = ids.slice(-2);
  expect(lasting(one!)).toBe(lasting(other!));
  // (1 − w)/(1 + w·n/n₀) with the same w and n₀: of ten impressions more last than of a thousand.
  expect(lasting(rarely)).toBeGreaterThan(lasting(one!));
});
