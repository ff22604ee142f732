import { expect, test } from "vitest";
import { itemId } from "../../../src/domain/ids.ts";
import {
  createShopTruth,
  type ShopOptions,
  visitorOf,
} from "../../../src/lab/worlds/shop/shop-truth.ts";
import { mean } from "../../statistics.ts";
import { createLowRateShop } from "./shop-world.ts";

const options: ShopOptions = { seed: 3, items: 60, users: 200, slateSize: 5, clickRate: 0.04 };
const world = createLowRateShop(options);
const turns = Array.from({ length: 2000 }, (_, turn) => turn);
const ids = world.items.map((item) => item.itemId);

test("the mean click probability at the first position is the wanted one", () => {
  const { appeal } = createShopTruth(options);
  const all = turns.map((turn) => {
    const user = visitorOf(turn, options);
    return mean(ids.map((_, item) => appeal(user, item)));
  });
  // 20,000 pairs calibrate it: their standard error is below 2 % of the rate.
  expect(mean(all)).toBeGreaterThan(0.92 * options.clickRate);
  expect(mean(all)).toBeLessThan(1.08 * options.clickRate);
});

test("clicks come as often as the true reward says, and the same slate gets the same answer", () => {
  const slate = ids.slice(0, 5);
  const clicks = turns.map((turn) => world.react(turn, slate).length);
  const expected = mean(turns.map((turn) => world.expectedReward(turn, slate)));
  expect(Math.abs(mean(clicks) - expected)).toBeLessThan(4 * Math.sqrt(expected / turns.length));
  expect(createLowRateShop(options).react(7, slate)).toEqual(world.react(7, slate));
});

test("no slate is better than the best one, and a later position is worth less", () => {
  for (const turn of turns.slice(0, 50)) {
    const best = world.bestSlate(turn);
    const reward = world.expectedReward(turn, best);
    for (const item of ids) {
      const other = [...best.slice(0, 4), item];
      if (!best.includes(item))
        expect(world.expectedReward(turn, other)).toBeLessThanOrEqual(reward);
    }
    expect(world.expectedReward(turn, best.toReversed())).toBeLessThan(reward);
  }
});

test("a taste is for a topic in a format: neither topic nor format alone tells it", () => {
  const { appeal, itemTopics, itemFormats } = createShopTruth({ ...options, items: 1000 });
  const items = Array.from(itemTopics, (_, item) => item);
  // Users' log odds by topic and format, the additive part taken out: as large as the whole.
  const ratios = turns.slice(0, 8).map((user) => {
    const logit = (item: number) => Math.log(appeal(user, item) / (1 - appeal(user, item)));
    const meanOf = (where: (item: number) => boolean) => mean(items.filter(where).map(logit));
    const all = meanOf(() => true);
    const parts = [...Array(48).keys()].map((kind) => {
      const [topic, format] = [Math.floor(kind / 4), kind % 4];
      const own = meanOf((item) => itemTopics[item] === topic && itemFormats[item] === format);
      const sum =
        meanOf((item) => itemTopics[item] === topic) +
        meanOf((item) => itemFormats[item] === format) -
        all;
      return { own: own - all, left: own - sum };
    });
    const square = (values: readonly number[]) => mean(values.map((value) => value ** 2));
    return square(parts.map(({ left }) => left)) / square(parts.map(({ own }) => own));
  });
  expect(mean(ratios)).toBeGreaterThan(0.5);
});

test("everybody has clicked before, on what they like more than on the rest", () => {
  const users = new Set(world.history.map(({ userId }) => userId));
  expect(users.size).toBe(options.users);
  expect(new Set(world.items.map((item) => item.itemId)).has(itemId("item-60"))).toBe(true);
  const { appeal } = createShopTruth(options);
  const chosen = world.history.map((event) =>
    appeal(Number(event.userId.slice(5)) - 1, Number(event.itemId.slice(5)) - 1),
  );
  expect(mean(chosen)).toBeGreaterThan(1.5 * options.clickRate);
});
