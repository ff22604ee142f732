import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTestFolder } from "../../../tests/support/store.ts";
import { createRandom } from "../../numeric/random.ts";
import { evaluateRatings, measureRatings, splitRatings } from "./evaluate-ratings.ts";
import { fitRatings } from "./rating-factors.ts";
import { readRatings, type UserRating } from "./read-ratings.ts";

const [users, items] = [60, 40];
const noise = 0.2;
const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index));

/** Ratings 3 + b_u + b_i + p_u·q_i with two factors and Gaussian noise; 60 % of all pairs. */
function drawRatings(seed: number): readonly UserRating[] {
  const random = createRandom(seed);
  const draw = (count: number) =>
    Array.from({ length: count }, () => [1, 0.8, 0.8].map((spread) => spread * random.normal()));
  const [ofUsers, ofItems] = [draw(users), draw(items)];
  return ofUsers.flatMap(([bu, ...p], user) =>
    ofItems.flatMap(([bi, ...q], item) => {
      const value = 3 + bu! + bi! + p[0]! * q[0]! + p[1]! * q[1]! + noise * random.normal();
      return random.uniform() < 0.6 ? [{ user, item, value }] : [];
    }),
  );
}

test("factors come near the noise, biases see the sides alone, and the mean neither", async () => {
  const ratings = drawRatings(5);
  const fits: string[] = [];
  const options = { seed: 1, onFit: (name: string) => fits.push(name) };
  const { rated, heldOut, training } = await evaluateRatings(
    { ratings, users: ids(users), items: ids(items) },
    options,
  );
  expect([heldOut, training]).toEqual([
    Math.round(ratings.length / 5),
    ratings.length - Math.round(ratings.length / 5),
  ]);
  const [mean, biases, factors] = rated;
  expect(rated.map(({ predictor }) => predictor)).toEqual(["mean", "biases", "factors"]);
  expect(biases!.rmse + 2 * biases!.rmseStandardError).toBeLessThan(mean!.rmse);
  expect(factors!.rmse + 2 * factors!.rmseStandardError).toBeLessThan(biases!.rmse);
  expect(factors!.rmse).toBeGreaterThan(noise - 4 * factors!.rmseStandardError);
  // Three quarters of the variance that biases leave, most of which is the factors'.
  expect(factors!.rmse).toBeLessThan(biases!.rmse / 2);
  expect(fits).toHaveLength(8);
});

test("errors are those of the definition, and predictions stay in the range of the training", async () => {
  const heldOut = [1, 5].map((value, user) => ({ user, item: 0, value }));
  const { rmse, mae, rmseStandardError } = measureRatings({ predict: () => 2 }, heldOut);
  expect(rmse).toBeCloseTo(Math.sqrt((1 + 9) / 2), 12);
  expect(mae).toBe(2);
  // s.e. of the mean of 1 and 9 is √(2·(4² + 4²))/2 = 4, over 2·√5.
  expect(rmseStandardError).toBeCloseTo(4 / (2 * Math.sqrt(5)), 12);
  const training = [1, 2, 2, 1].map((value, user) => ({ user, item: user % 2, value }));
  const sizes = { users: 5, items: 3 };
  const settings = { width: 2, regularisation: 1e-6, epochs: 5, seed: 1 };
  const { predict } = await fitRatings(training, sizes, settings);
  for (const { user, item, value } of training) expect(predict(user, item)).toBeCloseTo(value, 3);
  expect(predict(4, 2)).toBe(1.5);
  for (let user = 0; user < 5; user++) expect(predict(user, 0)).toBeGreaterThanOrEqual(1);
});

test("a rating of weight 2 counts as two of them", async () => {
  const ratings = drawRatings(3);
  const sizes = { users, items };
  const settings = { width: 2, regularisation: 0.05, epochs: 3, seed: 1 };
  const isHeavy = (index: number) => index % 3 === 0;
  const weighted = ratings.map((one, index) => (isHeavy(index) ? { ...one, weight: 2 } : one));
  const repeated = ratings.flatMap((one, index) => (isHeavy(index) ? [one, one] : [one]));
  const [left, right, plain] = await Promise.all(
    [weighted, repeated, ratings].map((some) => fitRatings(some, sizes, settings)),
  );
  for (const { user, item } of ratings.slice(0, 20))
    expect(left!.predict(user, item)).toBeCloseTo(right!.predict(user, item), 9);
  const [first] = ratings;
  expect(left!.predict(first!.user, first!.item)).not.toBeCloseTo(
    plain!.predict(first!.user, first!.item),
    4,
  );
});

test("ratings that lie too far apart to be fitted are refused, others hold at any level", async () => {
  const evaluate = (scale: number, level = 0) => {
    const ratings = drawRatings(5)
      .slice(0, 300)
      .map((one) => ({ ...one, value: level + scale * one.value }));
    const data = { ratings, users: ids(users), items: ids(items) };
    return evaluateRatings(data, { seed: 1, onFit: () => {} });
  };
  for (const scale of [1e9, 1e30, 1e300])
    await expect(evaluate(scale)).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringMatching(/ratings from .* 1,000,000 apart at most; scale 'value' down/),
    });
  for (const [scale, level] of [[1e5], [1, 1e9]] as const)
    for (const { rmse } of (await evaluate(scale, level)).rated)
      expect(rmse).toBeLessThan(9 * scale);
});

test("the split holds each rating once, and is the same for the same seed alone", () => {
  const ratings = drawRatings(2);
  const [part, rest] = splitRatings(ratings, 0.2, 7);
  expect(new Set([...part, ...rest])).toEqual(new Set(ratings));
  expect(splitRatings(ratings, 0.2, 7)[0]).toEqual(part);
  expect(splitRatings(ratings, 0.2, 8)[0]).not.toEqual(part);
});

test("of a user's ratings of an item the last counts, and other events are none", async () => {
  const path = join(createTestFolder(), "events.csv");
  const rows = ["rating,ann,a,2", "rating,ann,a,4", "click,ann,b,1", "rating,bo,a,oops"];
  writeFileSync(path, ["type,userId,itemId,value", ...rows].join("\n"));
  const options = { now: Date.now(), signal: new AbortController().signal };
  expect(await readRatings(path, options)).toMatchObject({
    ratings: [{ user: 0, item: 0, value: 4 }],
    users: ["ann"],
    items: ["a"],
    replaced: 1,
    refused: 1,
  });
  writeFileSync(path, "type,userId,itemId\nclick,ann,b\n");
  await expect(readRatings(path, options)).rejects.toThrow("has no events of type 'rating'");
  const few = { ratings: drawRatings(1).slice(0, 99), users: ids(users), items: ids(items) };
  await expect(evaluateRatings(few, { seed: 1, onFit: () => {} })).rejects.toThrow(
    "the data has 99 ratings, and 100 are needed",
  );
});
