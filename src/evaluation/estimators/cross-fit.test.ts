import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { numberClusters } from "../clusters.ts";
import { crossFit } from "./cross-fit.ts";

const users = ["ann", "ann", "bob", "cid", "bob", "dan", "eve"];
const clusters = numberClusters(users.length, users);

test("no row is predicted by a model that saw its user, every row by one that saw all other folds", () => {
  const fitted: number[][] = [];
  const seen: [readonly number[], number][] = [];
  const { directValues, predictions } = crossFit({
    clusters,
    folds: 3,
    random: createRandom(7),
    fit: (rows) => {
      fitted.push([...rows]);
      return rows;
    },
    predict: (model, row) => {
      seen.push([model, row]);
      return { directValue: row, prediction: 10 * row };
    },
  });
  expect(fitted).toHaveLength(3);
  // Five users in three folds: each model lacks one or two of them.
  expect(fitted.flat()).toHaveLength(2 * users.length);
  for (const [model, row] of seen) {
    expect(model.map((other) => users[other])).not.toContain(users[row]);
  }
  expect([...directValues]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect([...predictions]).toEqual([0, 10, 20, 30, 40, 50, 60]);
});

test.each([1, 2.5, 6, Number.NaN])("%d folds for five users are refused", (folds) => {
  const options = { clusters, folds, random: createRandom(7), fit: () => 0 };
  expect(() =>
    crossFit({ ...options, predict: () => ({ directValue: 0, prediction: 0 }) }),
  ).toThrow(`folds must be an integer from 2 to the 5 users, got ${folds}`);
});
