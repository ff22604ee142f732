import { expect, test } from "vitest";
import { sampleRow } from "../../../../tests/support/feedback.ts";
import { sampleViews } from "../../../../tests/support/policy.ts";
import { rewardHeadCount } from "../../../learning/critic-shape.ts";
import { calibrateRows, fitMemoryMaps } from "../../../mpo/calibration.ts";
import type { ScoredRow } from "../../../mpo/row-scores.ts";
import { createRandom } from "../../../numeric/random.ts";
import { describeCalibration } from "./describe-calibration.ts";

const seed = 911;
const views = sampleViews(2);

/** A reward model that says 0.9 where 0.5 is right and 0.1 where 0.2 is. */
function simulate(count: number, random = createRandom(seed)): ScoredRow[] {
  return Array.from({ length: count }, (_, index) => {
    const action = index % 2;
    const reward = random.uniform() < [0.5, 0.2][action]! ? 1 : 0;
    return {
      row: sampleRow(views, { action, reward }),
      scores: {
        logPolicy: Float64Array.of(Math.log(0.5), Math.log(0.5)),
        rewardHeads: Array.from({ length: rewardHeadCount }, () => Float64Array.of(0.9, 0.1)),
        discriminator: new Float64Array(2),
      },
    };
  });
}

test("a map from one half brings the error on the other down to what luck leaves", () => {
  const random = createRandom(seed);
  const [first, second] = [simulate(1000, random), simulate(1000, random)];
  const { rows, errorBefore, errorAfter, separation } = describeCalibration(
    second,
    calibrateRows(second, fitMemoryMaps(first, 3), 1),
    0,
  );
  expect(rows).toBe(1000);
  // Ten bins of a hundred rows: E|mean error| of each is √(2/π)·s.e., here at a variance of up to 1/4, twice for both halves.
  const luck = Math.sqrt(2 / Math.PI) * Math.sqrt((2 * 0.25) / 100);
  expect(errorBefore).toBeGreaterThan(0.2);
  expect(errorAfter).toBeLessThan(luck);
  // 250 rewarded rows of the first action and 100 of the second, beside 250 and 400 others.
  expect(Math.abs(separation!.auc - (0.5 + (5 * 8 - 5 * 2) / (2 * 7 * 13)))).toBeLessThan(0.05);
});

test("without rows there is nothing to say", () => {
  expect(describeCalibration([], [], 0)).toEqual({ rows: 0 });
});
