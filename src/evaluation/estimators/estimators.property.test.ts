import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diagnoseWeights } from "../diagnostics.ts";
import { type ModelledFeedback, weighFeedback } from "../logged-feedback.ts";
import { pairedDifference } from "../paired-difference.ts";
import { directMethod } from "./direct-method.ts";
import { doublyRobust } from "./doubly-robust.ts";
import { inversePropensity } from "./inverse-propensity.ts";
import { selfNormalised } from "./self-normalised.ts";

const size = fc.double({ min: -1000, max: 1000, noNaN: true });
const row = fc.record({
  reward: size,
  propensity: fc.double({ min: 1e-3, max: 1, noNaN: true }),
  targetProbability: fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1, noNaN: true })),
  directValue: size,
  prediction: size,
  user: fc.integer({ min: 0, max: 5 }),
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;
const rows = fc.array(row, { minLength: 1, maxLength: 30 });

function weigh(list: readonly Row[]): ModelledFeedback {
  const column = (cell: (one: Row) => number) => Float64Array.from(list, cell);
  return weighFeedback(
    {
      rewards: column(({ reward }) => reward),
      propensities: column(({ propensity }) => propensity),
      clusters: Int32Array.from(list, ({ user }) => user),
    },
    {
      targetProbabilities: column(({ targetProbability }) => targetProbability),
      directValues: column(({ directValue }) => directValue),
      predictions: column(({ prediction }) => prediction),
    },
  );
}

/** Rounding of a sum of 30 products of weights ≤ 1000 with values ≤ 1000, with room. */
const rounding = 1e-6;
const seed = 41;

describe(`properties, seed ${seed}`, () => {
  test("SNIPS lies within the range of the rewards that have weight", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const supported = list.filter(({ targetProbability }) => targetProbability > 0);
        const estimate = selfNormalised.estimate(weigh(list));
        if (supported.length === 0) return estimate === undefined;
        const rewards = supported.map(({ reward }) => reward);
        const value = estimate?.value ?? Number.NaN;
        return value >= Math.min(...rewards) - rounding && value <= Math.max(...rewards) + rounding;
      }),
      { seed },
    );
  });

  test("IPS is linear in the rewards, with and without a clip", () => {
    fc.assert(
      fc.property(
        rows,
        size,
        fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
        (list, factor, clip) => {
          const feedback = weigh(list);
          const options = clip === null ? {} : { parameter: clip };
          const value = (rewards: Float64Array) =>
            inversePropensity.estimate({ ...feedback, rewards }, options)!.value;
          const { rewards, predictions } = feedback;
          const mixed = rewards.map((reward, index) => reward + factor * predictions[index]!);
          const parts = value(rewards) + factor * value(predictions);
          expect(Math.abs(value(mixed) - parts)).toBeLessThan(rounding * 1000);
        },
      ),
      { seed },
    );
  });

  test("DR is DM where no row has weight and IPS where the model is 0", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const feedback = weigh(list);
        const nothing = new Float64Array(list.length);
        expect(doublyRobust.estimate({ ...feedback, importanceWeights: nothing })?.value).toBe(
          directMethod.estimate(feedback)?.value,
        );
        const unmodelled = { ...feedback, directValues: nothing, predictions: nothing };
        const { value, standardError } = inversePropensity.estimate(feedback)!;
        const unaided = doublyRobust.estimate(unmodelled)!;
        // Equal but for the sign of a zero.
        expect(unaided.value === value && unaided.standardError === standardError).toBe(true);
      }),
      { seed },
    );
  });

  test("the effective sample size lies in [1, n] wherever a row has weight", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const { effectiveSampleSize, supportedRows } = diagnoseWeights(weigh(list));
        if (supportedRows === 0) return effectiveSampleSize === 0;
        return effectiveSampleSize >= 1 - 1e-12 && effectiveSampleSize <= list.length;
      }),
      { seed },
    );
  });

  test("the paired difference is the difference of the two estimates", () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.1, max: 100, noNaN: true }), (list, weightClip) => {
        const column = (cell: (one: Row) => number) => Float64Array.from(list, cell);
        const candidate = weigh(list);
        const flipped = list.map((one) => ({
          ...one,
          targetProbability: 1 - one.targetProbability,
        }));
        const serving = weigh(flipped);
        const arrays = (policy: readonly Row[]) => ({
          targetProbabilities: Float64Array.from(policy, (one) => one.targetProbability),
          directValues: candidate.directValues,
        });
        const { difference } = pairedDifference({
          feedback: {
            rewards: candidate.rewards,
            propensities: column(({ propensity }) => propensity),
          },
          predictions: candidate.predictions,
          serving: arrays(flipped),
          candidate: arrays(list),
          weightClip,
        });
        const single =
          doublyRobust.estimate(candidate, { parameter: weightClip })!.value -
          doublyRobust.estimate(serving, { parameter: weightClip })!.value;
        expect(Math.abs(difference - single)).toBeLessThan(rounding);
      }),
      { seed },
    );
  });
});
