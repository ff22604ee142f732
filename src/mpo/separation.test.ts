import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { createSeparation, isHeldOut, isProven } from "./separation.ts";

const seed = 967;
const views = sampleViews(2);

test("the error of the AUC is that of a weighted mean, by hand", () => {
  const separation = createSeparation();
  for (const [share, weight] of [
    [1, 1],
    [0.5, 2],
    [0, 1],
    [0.9, 0],
    [Number.NaN, 1],
  ])
    separation.add(share!, weight!);
  const { auc, standardError } = separation.result();
  expect(auc).toBeCloseTo(0.5, 14);
  expect(standardError).toBeCloseTo(Math.sqrt((0.25 + 0.25) * (3 / 2)) / 4, 14);
});

test("one row proves nothing, and neither does none", () => {
  const separation = createSeparation();
  expect(separation.result()).toEqual({ auc: 0.5, standardError: Number.POSITIVE_INFINITY });
  separation.add(1, 1);
  expect(isProven(separation.result())).toBe(false);
});

test(`chance passes for proven about once in twenty times, and a real difference nearly always, seed ${seed}`, () => {
  const random = createRandom(seed);
  const provenShare = (draw: () => number) => {
    const runs = Array.from({ length: 1000 }, () => {
      const separation = createSeparation();
      for (let row = 0; row < 60; row++) separation.add(draw(), 1);
      return isProven(separation.result());
    });
    return runs.filter(Boolean).length / runs.length;
  };
  // 5 % and four standard errors of 1,000 runs, a little for the t distribution of 60 rows.
  expect(provenShare(() => random.uniform())).toBeLessThan(0.055 + 4 * Math.sqrt(0.0475 / 1000));
  expect(provenShare(() => Math.sqrt(random.uniform()))).toBeGreaterThan(0.95);
});

test("about a seventh of the users with new feedback is held out, always the same ones, and of old feedback nobody", () => {
  const held = Array.from({ length: 4000 }, (_, user) => isHeldOut(sampleRow(views, { user })));
  const share = held.filter(Boolean).length / held.length;
  expect(Math.abs(share - 0.15)).toBeLessThan(4 * Math.sqrt(0.1275 / 4000));
  const user = held.indexOf(true);
  expect(isHeldOut(sampleRow(views, { user, fold: "second" }))).toBe(true);
  expect(isHeldOut(sampleRow(views, { user, fold: "older" }))).toBe(false);
});
