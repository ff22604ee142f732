import { describe, expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { normalCdf } from "../numeric/statistics.ts";
import { bestProbabilities, updateBelief } from "./meta-belief.ts";

const seed = 67;
const random = () => createRandom(seed);
/** 4 standard errors of a share counted over 2,000 draws. */
const error = 4 * Math.sqrt(0.25 / 2000);

describe("a belief once the rows have spoken", () => {
  const belief = { mean: Float64Array.of(0.1, -0.1), covariance: Float64Array.of(4, 1, 1, 2) };

  test("of one setting is the mean weighed by both precisions", () => {
    const { mean, covariance } = updateBelief(
      { mean: Float64Array.of(0.2), covariance: Float64Array.of(0.04) },
      { differences: [0.5], covariance: Float64Array.of(0.01) },
    );
    expect(mean[0]).toBeCloseTo((0.2 / 0.04 + 0.5 / 0.01) / (1 / 0.04 + 1 / 0.01), 12);
    expect(covariance[0]).toBeCloseTo(1 / (1 / 0.04 + 1 / 0.01), 12);
  });

  test("of two settings is as written out by hand", () => {
    const { mean, covariance } = updateBelief(belief, {
      differences: [1.1, 0.9],
      covariance: Float64Array.of(1, 0.5, 0.5, 1),
    });
    // K + C = [5, 1.5; 1.5, 3], determinant 12.75.
    const inverse = [3 / 12.75, -1.5 / 12.75, -1.5 / 12.75, 5 / 12.75] as const;
    const gain = [
      4 * inverse[0] + inverse[2],
      4 * inverse[1] + inverse[3],
      inverse[0] + 2 * inverse[2],
      inverse[1] + 2 * inverse[3],
    ] as const;
    expect(mean[0]).toBeCloseTo(0.1 + gain[0] + gain[1], 12);
    expect(mean[1]).toBeCloseTo(-0.1 + gain[2] + gain[3], 12);
    expect(covariance[0]).toBeCloseTo(4 - 4 * gain[0] - gain[1], 12);
    expect(covariance[1]).toBeCloseTo(1 - gain[0] - 2 * gain[1], 12);
    expect(covariance[2]).toBeCloseTo(covariance[1]!, 12);
    expect(covariance[3]).toBeCloseTo(2 - gain[2] - 2 * gain[3], 12);
  });

  test("errors that are shared leave the order of settings known, though each is known badly", () => {
    const vague = { mean: new Float64Array(2), covariance: Float64Array.of(0.01, 0, 0, 0.01) };
    const order = (shared: number) => {
      const { mean } = updateBelief(vague, {
        differences: [0.05, 0.01],
        covariance: Float64Array.of(0.04, shared, shared, 0.04),
      });
      return mean[0]! - mean[1]!;
    };
    expect(order(0)).toBeCloseTo((0.04 * 0.01) / 0.05, 12);
    expect(order(0.0399)).toBeCloseTo((0.04 * 0.01) / (0.01 + 0.0001), 12);
  });

  test("stays what it was where the rows tell nothing", () => {
    const covariance = new Float64Array(4).fill(Number.POSITIVE_INFINITY);
    expect(updateBelief(belief, { differences: [0, 0], covariance })).toBe(belief);
  });
});

describe("the probability of being worth the most", () => {
  test("of one setting is that of being above doing nothing", () => {
    const [setting, nothing] = bestProbabilities(
      { mean: Float64Array.of(0.1), covariance: Float64Array.of(0.04) },
      random(),
    );
    expect(Math.abs(setting! - normalCdf(0.5))).toBeLessThan(error);
    expect(setting! + nothing!).toBeCloseTo(1, 12);
  });

  test("of two settings far above nothing is decided by their difference, covariance included", () => {
    const [first, second, nothing] = bestProbabilities(
      { mean: Float64Array.of(10.1, 10), covariance: Float64Array.of(0.05, 0.03, 0.03, 0.05) },
      random(),
    );
    expect(Math.abs(first! - normalCdf(0.1 / 0.2))).toBeLessThan(error);
    expect(first! + second!).toBeCloseTo(1, 12);
    expect(nothing).toBe(0);
  });

  test("is sure where the belief is, and doing nothing has it where all are below 0", () => {
    const sure = new Float64Array(4);
    const best = (...mean: number[]) =>
      bestProbabilities({ mean: Float64Array.from(mean), covariance: sure }, random());
    expect(best(0.2, 0.1)).toEqual([1, 0, 0]);
    expect(best(-0.2, -0.1)).toEqual([0, 0, 1]);
  });

  test("same stream, same probabilities", () => {
    const belief = { mean: Float64Array.of(0, 0), covariance: Float64Array.of(1, 0, 0, 1) };
    expect(bestProbabilities(belief, random())).toEqual(bestProbabilities(belief, random()));
  });
});
