import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { calibrate, calibrateRows, fitCalibration, fitMemoryMaps } from "./calibration.ts";
import type { ScoredRow } from "./row-scores.ts";

const seed = 907;
const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
const logit = (q: number) => Math.log(q / (1 - q));

/** Predictions whose logits are `spread` times too far apart and `shift` too high. */
function overconfident(options: { count: number; spread: number; shift: number }) {
  const random = createRandom(seed);
  const truths = Float64Array.from({ length: options.count }, () => sigmoid(random.normal() - 1));
  return {
    truths,
    predictions: truths.map((truth) => sigmoid(options.spread * logit(truth) + options.shift)),
    rewards: truths.map((truth) => (random.uniform() < truth ? 1 : 0)),
  };
}

describe(`predictions that are too sure of themselves, seed ${seed}`, () => {
  const { truths, predictions, rewards } = overconfident({ count: 4000, spread: 2, shift: 0.7 });
  const map = fitCalibration(predictions, rewards);

  test("are mapped back within 4 standard errors of slope and intercept", () => {
    // Fisher information of a logistic regression on x = predicted logit, at the truth.
    const xs = predictions.map((q) => logit(q) - map.centre);
    const weights = truths.map((truth) => truth * (1 - truth));
    const total = (term: (x: number) => number) =>
      xs.reduce((sum, x, index) => sum + weights[index]! * term(x), 0);
    const determinant = total((x) => x * x) * total(() => 1) - total((x) => x) ** 2;
    const slopeError = Math.sqrt(total(() => 1) / determinant);
    const interceptError = Math.sqrt(total((x) => x * x) / determinant);
    expect(Math.abs(map.slope - 1 / 2)).toBeLessThan(4 * slopeError);
    const intercept = (map.centre - 0.7) / 2;
    expect(Math.abs(map.intercept - intercept)).toBeLessThan(4 * interceptError);
  });

  test("the score equations hold: predicted and seen rewards agree in the mean, up to the prior", () => {
    const gap = predictions.reduce((sum, q, i) => sum + calibrate(map, q) - rewards[i]!, 0);
    expect(gap).toBeCloseTo(map.centre - map.intercept, 6);
  });
});

test("without feedback the map is the identity", () => {
  const map = fitCalibration(new Float64Array(0), new Float64Array(0));
  for (const q of [0.01, 0.5, 0.99]) expect(calibrate(map, q)).toBeCloseTo(q, 12);
});

test("a handful of rows hardly moves it, a thousand do", () => {
  const moved = (count: number) => {
    const map = fitCalibration(new Float64Array(count).fill(0.5), new Float64Array(count));
    return 0.5 - calibrate(map, 0.5);
  };
  expect(moved(2)).toBeLessThan(0.2);
  expect(moved(1000)).toBeGreaterThan(0.4);
});

test("the map rises and stays inside (0, 1) whatever the rewards say", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1)), {
        maxLength: 60,
      }),
      fc.double({ min: 0, max: 0.98, noNaN: true }),
      (sample, low) => {
        const map = fitCalibration(
          Float64Array.from(sample, ([q]) => q),
          Float64Array.from(sample, ([, reward]) => reward),
        );
        const [below, above] = [calibrate(map, low), calibrate(map, low + 0.02)];
        expect(below).toBeGreaterThanOrEqual(0);
        expect(above).toBeLessThanOrEqual(1);
        expect(above).toBeGreaterThanOrEqual(below);
      },
    ),
  );
});

test("each memory has a map of its own, which both of its bootstraps go through", () => {
  const views = sampleViews(2);
  const random = createRandom(seed);
  const rows: ScoredRow[] = Array.from({ length: 400 }, () => ({
    row: sampleRow(views, { reward: random.uniform() < 0.3 ? 1 : 0 }),
    scores: {
      logPolicy: Float64Array.of(Math.log(0.5), Math.log(0.5)),
      rewardHeads: [0.3, 0.3, 0.9, 0.7].map((q) => Float64Array.of(q, q / 2)),
      discriminator: Float64Array.of(1, -3),
    },
  }));
  const [right, wrong] = fitMemoryMaps(rows, 2);
  const [row] = calibrateRows(rows, [right!, wrong!], 0.5);
  expect([...row!.scores.discriminator]).toEqual([0.5, -1.5]);
  const mean = rows.reduce((sum, one) => sum + one.row.reward, 0) / rows.length;
  const error = Math.sqrt((0.3 * 0.7) / rows.length);
  expect(Math.abs(row!.scores.rewardHeads[0]![0]! - mean)).toBeLessThan(error);
  expect(row!.scores.rewardHeads[2]![0]!).toBeGreaterThan(row!.scores.rewardHeads[3]![0]!);
  expect(calibrate(wrong!, 0.8)).toBeLessThan(0.4);
  expect(row!.scores.rewardHeads[2]![1]).toBeCloseTo(calibrate(wrong!, 0.45), 12);
});

test("below the first position the logged choice alone goes through its map", () => {
  const views = sampleViews(3);
  const scores = {
    logPolicy: new Float64Array(3),
    rewardHeads: [Float64Array.of(0.2, 0.5, 0.8), Float64Array.of(0.3, 0.6, 0.9)],
    discriminator: new Float64Array(3),
  };
  const map = { slope: 0.5, intercept: 0.1, centre: 0 };
  const [row] = calibrateRows(
    [{ row: sampleRow(views, { action: 1, position: 2 }), scores }],
    [map],
    1,
  );
  const [first, second] = row!.scores.rewardHeads;
  expect([...first!]).toEqual([calibrate(map, 0.5)]);
  expect([...second!]).toEqual([calibrate(map, 0.6)]);
});
