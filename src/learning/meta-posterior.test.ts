import { describe, expect, test } from "vitest";
import { factorise } from "../numeric/cholesky.ts";
import { createRandom } from "../numeric/random.ts";
import {
  addEvidence,
  dot,
  inferPosterior,
  type MetaObservation,
  type MetaPrior,
  noEvidence,
} from "./meta-posterior.ts";

const seed = 61;
const size = 4;
const prior: MetaPrior = { mean: [0.5, -1, 0, 2], variance: [1, 0.25, 4, 0.1], misfit: 0.01 };

function observe(count: number, random = createRandom(seed)): MetaObservation[] {
  return Array.from({ length: count }, () => ({
    features: Float64Array.from({ length: size }, () => random.normal()),
    difference: random.normal(),
    standardError: 0.1 + random.uniform(),
  }));
}

const kept = { misfit: prior.misfit, retention: 1 };

/** Weighted ridge towards the prior mean, written out: (BᵀWB + V⁻¹)·m = BᵀWy + V⁻¹·μ. */
function ridge(
  observations: readonly MetaObservation[],
  ages = observations.map(() => 0),
  retention = 1,
) {
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    matrix[i * size + i] = 1 / prior.variance[i]!;
    right[i] = prior.mean[i]! / prior.variance[i]!;
  }
  for (const [index, { features, difference, standardError }] of observations.entries()) {
    const weight = retention ** ages[index]! / (standardError ** 2 + prior.misfit);
    for (let i = 0; i < size; i++) {
      right[i]! += weight * features[i]! * difference;
      for (let j = 0; j < size; j++) matrix[i * size + j]! += weight * features[i]! * features[j]!;
    }
  }
  const solve = factorise(matrix, size);
  return { mean: solve(right), solve };
}

const expectClose = (actual: ArrayLike<number>, expected: ArrayLike<number>) => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, 10);
};

describe("the posterior", () => {
  test("is the prior where nothing was judged", () => {
    const posterior = inferPosterior(prior, noEvidence(size));
    expectClose(posterior.mean, prior.mean);
    const { predicted, predictedDeviation } = posterior.predict(Float64Array.of(0, 1, 0, 2));
    expect(predicted).toBeCloseTo(-1 + 2 * 2, 12);
    expect(predictedDeviation).toBeCloseTo(Math.sqrt(0.25 + 4 * 0.1), 12);
  });

  test("equals the batch ridge, however the observations come", () => {
    const observations = observe(12);
    const oneByOne = observations.reduce(
      (evidence, one) => addEvidence(evidence, [one], kept),
      noEvidence(size),
    );
    const { mean, solve } = ridge(observations);
    const posterior = inferPosterior(prior, oneByOne);
    expectClose(posterior.mean, mean);
    const features = Float64Array.of(1, -1, 0.5, 2);
    const { predictedDeviation } = posterior.predict(features);
    expect(predictedDeviation).toBeCloseTo(Math.sqrt(dot(features, solve(features))), 10);
  });

  test("forgets: what came c cycles ago counts γ^c, and the prior is never forgotten", () => {
    const retention = 0.7;
    const cycles = [observe(3, createRandom(1)), observe(3, createRandom(2)), observe(3)];
    const evidence = cycles.reduce(
      (sum, cycle) => addEvidence(sum, cycle, { ...kept, retention }),
      noEvidence(size),
    );
    const ages = [2, 2, 2, 1, 1, 1, 0, 0, 0];
    expectClose(inferPosterior(prior, evidence).mean, ridge(cycles.flat(), ages, retention).mean);
    const forgotten = addEvidence(evidence, [], { ...kept, retention: 0 });
    expectClose(inferPosterior(prior, forgotten).mean, prior.mean);
  });

  test("learns nothing from rows that tell nothing", () => {
    const infinite = { ...observe(1)[0]!, standardError: Number.POSITIVE_INFINITY };
    const undefinedOne = { ...observe(1)[0]!, difference: Number.NaN };
    const before = addEvidence(noEvidence(size), observe(2), kept);
    expect(addEvidence(before, [infinite, undefinedOne], kept)).toEqual(before);
  });

  test("draws have its mean and covariance", () => {
    const posterior = inferPosterior(prior, addEvidence(noEvidence(size), observe(5), kept));
    const { solve } = ridge(observe(5));
    const random = createRandom(seed);
    const count = 20_000;
    const draws = Array.from({ length: count }, () => posterior.draw(random));
    for (let i = 0; i < size; i++) {
      const column = solve(Float64Array.from({ length: size }, (_, k) => (k === i ? 1 : 0)));
      const error = Math.sqrt(column[i]! / count);
      const average = draws.reduce((sum, draw) => sum + draw[i]!, 0) / count;
      expect(Math.abs(average - posterior.mean[i]!)).toBeLessThan(4 * error);
      for (let j = 0; j <= i; j++) {
        const covariance =
          draws.reduce(
            (sum, draw) => sum + (draw[i]! - posterior.mean[i]!) * (draw[j]! - posterior.mean[j]!),
            0,
          ) / count;
        const other = solve(Float64Array.from({ length: size }, (_, k) => (k === j ? 1 : 0)));
        // Variance of a sample covariance of normals: (σ_i²·σ_j² + σ_ij²)/n.
        const spread = Math.sqrt((column[i]! * other[j]! + column[j]! ** 2) / count);
        expect(Math.abs(covariance - column[j]!)).toBeLessThan(4 * spread);
      }
    }
  });

  test("same stream, same draw", () => {
    const posterior = inferPosterior(prior, noEvidence(size));
    expect(posterior.draw(createRandom(seed))).toEqual(posterior.draw(createRandom(seed)));
  });
});
