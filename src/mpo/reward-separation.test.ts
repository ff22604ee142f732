import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { rewardSeparation } from "./reward-separation.ts";
import type { ScoredRow } from "./row-scores.ts";

const views = sampleViews(2);

/** One row in ten is rewarded, at two positions. */
const rows = (predict: (isRewarded: boolean, position: number) => number): ScoredRow[] =>
  Array.from({ length: 3000 }, (_, index) => {
    const position = index % 2;
    const isRewarded = index % 20 < 2;
    const predicted = Float64Array.of(predict(isRewarded, position), 0.5);
    return {
      row: { ...sampleRow(views, { action: 0, reward: isRewarded ? 1 : 0.2 }), position },
      scores: {
        logPolicy: new Float64Array(2),
        rewardHeads: Array.from({ length: 6 }, () => predicted),
        discriminator: new Float64Array(2),
      },
    };
  });

test("predictions that tell positions apart tell no rewards apart", () => {
  const { auc, standardError } = rewardSeparation(
    rows((_, position) => -position),
    0.2,
  )!;
  expect(auc).toBe(0.5);
  // Of 150 rewarded rows and 1,350 others at each of two positions.
  expect(standardError).toBeCloseTo(Math.sqrt((1 / 150 + 1 / 1350) / 12 / 2), 12);
});

test("predictions of chance stay within the error, and knowledge is far beyond it", () => {
  const random = createRandom(211);
  const luck = rewardSeparation(
    rows(() => random.uniform()),
    0.2,
  )!;
  expect(Math.abs(luck.auc - 0.5)).toBeLessThan(4 * luck.standardError);
  const known = rows((isRewarded) => (isRewarded ? 0.3 : 0) + random.uniform());
  // Of two uniform numbers the one that is 0.3 higher wins with 1 − 0.7²/2.
  expect(rewardSeparation(known, 0.2)!.auc).toBeCloseTo(1 - 0.7 ** 2 / 2, 1);
});

test("rows of one kind tell nothing", () => {
  expect(rewardSeparation([], 0.2)).toBeUndefined();
  expect(
    rewardSeparation(
      rows(() => 1),
      1,
    ),
  ).toBeUndefined();
});
