import { expect, test } from "vitest";
import { clicksOf } from "../../tests/support/sample.ts";
import { itemId } from "../domain/ids.ts";
import { createRandom } from "../numeric/random.ts";
import { type RewardsByItem, shareByItem } from "./item-rewards.ts";
import { measurePopularity } from "./measure-popularity.ts";

const [a, b, c] = [itemId("a"), itemId("b"), itemId("c")];

test("impressions that count in part are fewer, and tell as much of the items' differences", () => {
  const rewards = new Map(
    Array.from({ length: 200 }, (_, index) => {
      const own = itemId(`i-${index}`);
      return [own, clicksOf(30, index % 10)] as const;
    }),
  );
  const parts = shareByItem(rewards, () => 0.25);
  const priorOf = (known: RewardsByItem) => {
    const { scores, mean } = measurePopularity(known);
    const { impressions, rewardSum } = known.get(itemId("i-9"))!;
    const shrunk = scores.get(itemId("i-9"))!;
    return (rewardSum - impressions * shrunk) / (shrunk - mean);
  };
  expect(priorOf(parts) / priorOf(rewards)).toBeCloseTo(1, 1);
});

test("an item's mean reward is shrunk towards the overall mean by the impressions that chance and the items' differences ask for", () => {
  const { scores, mean } = measurePopularity(
    new Map([
      [a, clicksOf(100, 30)],
      [b, clicksOf(300, 60)],
    ]),
  );
  expect(mean).toBeCloseTo(0.225, 15);
  // Within items 30·0.7 + 60·0.8 over 398 degrees of freedom; between them 100·0.075² + 300·0.025².
  const variance = 69 / 398;
  const spread = (0.75 - variance) / (400 - 100_000 / 400);
  const prior = variance / spread;
  expect(scores.get(a)).toBeCloseTo((30 + 0.225 * prior) / (100 + prior), 12);
  expect(scores.get(b)).toBeCloseTo((60 + 0.225 * prior) / (300 + prior), 12);
});

test("by ten impressions at the least", () => {
  const { scores } = measurePopularity(
    new Map([
      [a, clicksOf(10, 5)],
      [b, clicksOf(30, 3)],
    ]),
  );
  expect(scores.get(a)).toBeCloseTo(0.35, 15);
  expect(scores.get(b)).toBeCloseTo(0.125, 15);
});

test.each([
  [0.05, 0.02],
  [0.3, 0.1],
])("of drawn items, rates %f ± %f, the prior is near σ²/τ²", (rate, deviation) => {
  const random = createRandom(71);
  const rewards = Array.from({ length: 2000 }, (_, index) => {
    const own = rate + deviation * Math.max(-2, Math.min(2, random.normal()));
    const clicks = Array.from({ length: 50 }, () => (random.uniform() < own ? 1 : 0));
    return [
      itemId(`i-${index}`),
      clicksOf(
        50,
        clicks.reduce<number>((sum, one) => sum + one, 0),
      ),
    ] as const;
  });
  const { scores, mean } = measurePopularity(new Map(rewards));
  const [first, { rewardSum }] = rewards.find(([, one]) => one.rewardSum > 50 * mean)!;
  const shrunk = scores.get(first)!;
  // (Σr + n₀·r̄)/(n + n₀) solved for n₀.
  const prior = (rewardSum - 50 * shrunk) / (shrunk - mean);
  const expected = (rate * (1 - rate) - deviation ** 2) / deviation ** 2;
  // 2,000 items give the between-item variance to about a tenth.
  expect(prior / expected).toBeGreaterThan(0.7);
  expect(prior / expected).toBeLessThan(1.4);
});

test("items that differ by chance alone keep their order, far shrunk", () => {
  const { scores, mean } = measurePopularity(
    new Map([
      [a, clicksOf(100, 20)],
      [b, clicksOf(100, 21)],
    ]),
  );
  expect(scores.get(b)! - scores.get(a)!).toBeCloseTo(1 / 1100, 12);
  expect(mean).toBeCloseTo(0.205, 15);
});

test("a few lucky impressions do not beat many good ones", () => {
  const { scores } = measurePopularity(
    new Map([
      [a, clicksOf(1, 1)],
      [b, clicksOf(1000, 500)],
      [c, clicksOf(1000, 10)],
    ]),
  );
  expect(scores.get(a)).toBeLessThan(scores.get(b)!);
  expect(scores.get(a)).toBeGreaterThan(scores.get(c)!);
});

test("rewards below zero are ordered like others", () => {
  const { scores } = measurePopularity(
    new Map([
      [a, { impressions: 50, weightSquares: 50, rewardSum: -50, rewardSquares: 50 }],
      [b, { impressions: 50, weightSquares: 50, rewardSum: -10, rewardSquares: 10 }],
    ]),
  );
  expect(scores.get(a)).toBeLessThan(scores.get(b)!);
});

const few = itemId("few");
/** Mean 10, variance far above it: ρ is near c/10. */
const behaviour = {
  users: new Map([
    ...Array.from({ length: 39 }, (_, index) => [itemId(`i-${index}`), 2] as const),
    [a, 600],
    [b, 300],
    [few, 1],
  ]),
  items: 100,
};

test("before any reward the scores are the popularity in the behaviour, and an item without users is below all others", () => {
  const { scores, mean } = measurePopularity(new Map(), behaviour);
  expect([...scores.keys()]).toEqual([...behaviour.users.keys()]);
  expect(scores.get(a)).toBeGreaterThan(scores.get(b)!);
  expect(scores.get(few)).toBeLessThan(scores.get(itemId("i-0"))!);
  expect(mean).toBeLessThan(scores.get(few)!);
});

test("counts that chance explains say nothing", () => {
  const random = createRandom(7);
  const draws = Array.from({ length: 300 }, () => itemId(`i-${random.integer(100)}`));
  const users = new Map(draws.map((item) => [item, draws.filter((one) => one === item).length]));
  expect(measurePopularity(new Map(), { users, items: 100 })).toEqual({
    scores: new Map(),
    mean: 0,
  });
  const rewards = new Map([
    [a, clicksOf(100, 30)],
    [b, clicksOf(300, 60)],
  ]);
  expect(measurePopularity(rewards, { users, items: 100 })).toEqual(measurePopularity(rewards));
});

/** 200 items with other numbers of users each; 50 impressions of each one, clicked by `rate` of the users. */
function drawShop(rate: (users: number) => number, seed: number) {
  const random = createRandom(seed);
  const items = Array.from(
    { length: 200 },
    (_, index) => [itemId(`i-${index}`), 1 + (index % 20)] as const,
  );
  const rewards = items.map(([item, users]) => {
    const clicks = Array.from({ length: 50 }, () => Number(random.uniform() < rate(users)));
    return [
      item,
      clicksOf(
        50,
        clicks.reduce((sum, one) => sum + one, 0),
      ),
    ] as const;
  });
  return { rewards: new Map(rewards), behaviour: { users: new Map(items), items: items.length } };
}

/** Squared error of the scores. */
function errorOf(
  { rewards, behaviour: known }: ReturnType<typeof drawShop>,
  rate: (users: number) => number,
  isUsed: boolean,
) {
  const { scores } = measurePopularity(rewards, isUsed ? known : undefined);
  const errors = [...known.users].map(([item, users]) => (scores.get(item)! - rate(users)) ** 2);
  return errors.reduce((sum, one) => sum + one, 0);
}

test("behaviour that foretells rewards makes the scores three times as exact, and behaviour that doesn't leaves them as they are", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const foretold = (users: number) => 0.004 * users;
    const told = drawShop(foretold, seed);
    expect(errorOf(told, foretold, true)).toBeLessThan(errorOf(told, foretold, false) / 3);
    const other = (users: number) => 0.02 + 0.04 * ((users * 7) % 3);
    const untold = drawShop(other, seed);
    expect(errorOf(untold, other, true)).toBeLessThan(1.1 * errorOf(untold, other, false));
  }
});

test("behaviour is as certain as its counts, as far as rewards agree with it", () => {
  const foretold = (users: number) => 0.004 * users;
  const { rewards, behaviour: known } = drawShop(foretold, 3);
  const { certainty: before = 0 } = measurePopularity(new Map(), known);
  // 1 to 20 users in equal numbers: mean 10.5, variance 33.4 with n − 1.
  const [mean, variance] = [10.5, (33.25 * 200) / 199];
  expect(before).toBeCloseTo(mean / (mean + mean ** 2 / (variance - mean)), 12);
  const { certainty: agreed = 0 } = measurePopularity(rewards, known);
  expect(agreed).toBeGreaterThan(0.9 * before);
  const { rewards: others } = drawShop((users) => 0.02 + 0.04 * ((users * 7) % 3), 3);
  const { certainty: refuted = 0 } = measurePopularity(others, known);
  expect(refuted).toBeLessThan(0.3 * before);
  expect(measurePopularity(rewards)).not.toHaveProperty("certainty");
});

test("an item that was never shown is placed by its users, among those that were", () => {
  const foretold = (users: number) => 0.004 * users;
  const { rewards, behaviour: known } = drawShop(foretold, 9);
  const users = new Map([...known.users, [a, 19], [b, 2]]);
  const { scores, mean } = measurePopularity(rewards, { users, items: users.size });
  expect(Math.abs(scores.get(a)! - 0.076)).toBeLessThan(0.01);
  expect(Math.abs(scores.get(b)! - 0.008)).toBeLessThan(0.01);
  expect(mean).toBeLessThan(scores.get(b)!);
});

test("rewards below zero on average are told by themselves", () => {
  const rewards = new Map([
    [a, { impressions: 50, weightSquares: 50, rewardSum: -50, rewardSquares: 50 }],
  ]);
  expect(measurePopularity(rewards, behaviour)).toEqual(measurePopularity(rewards));
});
