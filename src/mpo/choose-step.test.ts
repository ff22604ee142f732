import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { rewardHeadCount } from "../learning/critic-shape.ts";
import { createRandom } from "../numeric/random.ts";
import { chooseStep } from "./choose-step.ts";
import { measurePart } from "./measure.ts";
import { doNothing } from "./meta-policy.ts";
import { temper } from "./mixture.ts";
import type { ScoredRow } from "./row-scores.ts";

const seed = 29;
const candidates = 40;
const views = sampleViews(candidates);
const setting = {
  name: "leap",
  klRadius: 2.5,
  pessimism: 0,
  discriminator: 0,
  proximity: 1,
  memory: [0, 0, 1],
};
const exploration = 0;

/** Rows of the uniform choice. The reward model, which is right, knows one item in eight that pays more. */
function measure(rows: number, more: number, firstUser = 0) {
  const random = createRandom(seed);
  const payOf = (a: number) => (a % 8 === 0 ? 0.2 + more : 0.2);
  const q = Float64Array.from(views, (_, a) => payOf(a));
  const scored: ScoredRow[] = Array.from({ length: rows }, (_, index) => {
    const action = random.integer(candidates);
    const reward = random.uniform() < payOf(action) ? 1 : 0;
    const user = firstUser + index;
    return {
      row: sampleRow(views, { action, reward, propensity: 1 / candidates, user, exploration }),
      scores: {
        logPolicy: new Float64Array(candidates).fill(-Math.log(candidates)),
        rewardHeads: Array.from({ length: rewardHeadCount }, () => q),
        discriminator: new Float64Array(candidates),
      },
    };
  });
  return measurePart({ rows: scored, challengers: temper(scored, [setting], false) });
}

const weights = { leap: 1, [doNothing]: 0 };
const limits = { sampleShares: [0.125, 0.5], confidence: 0.975 };
const choose = (rows: number, more: number) => chooseStep([measure(rows, more)], weights, limits);

test("much feedback bears a long step, and little a short one", () => {
  expect(choose(4000, 0.3).sampleShare).toBe(0.125);
  expect(choose(60, 0.3).sampleShare).toBe(0.5);
});

test("the judged difference is that of the step's targets", () => {
  // Weights of 2 put twice their mass on the items that pay, 5 of 40; weights of 8 put all there.
  for (const [share, mass] of [
    [0.5, 0.25],
    [0.125, 1],
  ] as const) {
    const one = { ...limits, sampleShares: [share] };
    const step = chooseStep([measure(4000, 0.3)], weights, one);
    const expected = (mass - 0.125) * 0.3;
    expect(Math.abs(step.difference - expected)).toBeLessThan(4 * step.standardError + 0.01);
  }
});

test("if nothing is better, or there are no rows, the step is the shortest", () => {
  expect(choose(4000, 0).sampleShare).toBe(0.5);
  const none = chooseStep([measure(0, 0.3)], weights, limits);
  expect(none).toEqual({
    sampleShare: 0.5,
    difference: 0,
    standardError: Number.POSITIVE_INFINITY,
  });
});

test("two halves bear the step that each of them bears, since their errors add up", () => {
  const confidences = Array.from({ length: 60 }, (_, k) => 0.5 + (k + 1) / 125);
  const [half, same] = [measure(120, 0.3), measure(120, 0.3, 120)];
  const countLong = (parts: readonly ReturnType<typeof measure>[]) =>
    confidences.filter((confidence) => {
      const { sampleShare } = chooseStep(parts, weights, { ...limits, confidence });
      return sampleShare === 0.125;
    }).length;
  const long = countLong([half]);
  expect(long).toBeGreaterThan(5);
  expect(long).toBeLessThan(55);
  expect(Math.abs(countLong([half, same]) - long)).toBeLessThan(3);
});
