import { describe, expect, test } from "vitest";
import { factorise } from "../numeric/cholesky.ts";
import { dot } from "../numeric/dot.ts";
import { createRandom } from "../numeric/random.ts";
import {
  addEvidence,
  inferPosterior,
  type MetaObservations,
  type MetaPrior,
  noEvidence,
} from "./meta-posterior.ts";

const seed = 61;
const size = 4;
const prior: MetaPrior = { mean: [0.5, -1, 0, 2], variance: [1, 0.25, 4, 0.1], misfit: 0.01 };

/** Settings whose errors share a part. */
function observe(count: number, random = createRandom(seed)): MetaObservations {
  const errors = Array.from({ length: count }, () => 0.1 + random.uniform());
  return {
    features: errors.map(() => Float64Array.from({ length: size }, () => random.normal())),
    differences: errors.map(() => random.normal()),
    covariance: Float64Array.from(
      errors.flatMap((left, i) => errors.map((right, j) => (i === j ? 1 : 0.7) * left * right)),
    ),
  };
}

const kept = { misfit: prior.misfit, retention: 1 };

/** Generalised least squares towards the prior mean, written out: (Σ BᵀS⁻¹B + V⁻¹)·m = Σ BᵀS⁻¹y + V⁻¹·μ; the last cycle is the newest. */
function ridge(cycles: readonly MetaObservations[], retention = 1) {
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    matrix[i * size + i] = 1 / prior.variance[i]!;
    right[i] = prior.mean[i]! / prior.variance[i]!;
  }
  for (const [cycle, { features, differences, covariance }] of cycles.entries()) {
    const count = features.length;
    const noise = covariance.map((value, cell) =>
      cell % (count + 1) === 0 ? value + prior.misfit : value,
    );
    const invert = factorise(noise, count);
    const column = (i: number) => Float64Array.from(features, (one) => one[i]!);
    const weight = retention ** (cycles.length - 1 - cycle);
    for (let i = 0; i < size; i++) {
      const weighed = invert(column(i));
      right[i]! += weight * dot(weighed, Float64Array.from(differences));
      for (let j = 0; j < size; j++) matrix[i * size + j]! += weight * dot(weighed, column(j));
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
    const { mean, covariance } = posterior.predict([
      Float64Array.of(0, 1, 0, 2),
      Float64Array.of(1, 1, 0, 0),
    ]);
    expectClose(mean, [-1 + 2 * 2, 0.5 - 1]);
    expectClose(covariance, [0.25 + 4 * 0.1, 0.25, 0.25, 1 + 0.25]);
  });

  test("equals generalised least squares on all cycles at once", () => {
    const cycles = [observe(5, createRandom(1)), observe(4, createRandom(2)), observe(1)];
    const evidence = cycles.reduce((sum, one) => addEvidence(sum, one, kept), noEvidence(size));
    const { mean, solve } = ridge(cycles);
    const posterior = inferPosterior(prior, evidence);
    expectClose(posterior.mean, mean);
    const [left, right] = [Float64Array.of(1, -1, 0.5, 2), Float64Array.of(0, 1, 1, 0)];
    expectClose(
      posterior.predict([left, right]).covariance,
      [left, right].flatMap((one) => [left, right].map((other) => dot(one, solve(other)))),
    );
  });

  test("forgets: what came c cycles ago counts γ^c, and the prior is never forgotten", () => {
    const retention = 0.7;
    const cycles = [observe(3, createRandom(1)), observe(3, createRandom(2)), observe(3)];
    const evidence = cycles.reduce(
      (sum, cycle) => addEvidence(sum, cycle, { ...kept, retention }),
      noEvidence(size),
    );
    expectClose(inferPosterior(prior, evidence).mean, ridge(cycles, retention).mean);
    const forgotten = addEvidence(evidence, observe(0), { ...kept, retention: 0 });
    expectClose(inferPosterior(prior, forgotten).mean, prior.mean);
  });

  test("learns nothing from rows that tell nothing", () => {
    const infinite = { ...observe(1), covariance: Float64Array.of(Number.POSITIVE_INFINITY) };
    const undefinedOne = { ...observe(1), differences: [Number.NaN] };
    const before = addEvidence(noEvidence(size), observe(2), kept);
    for (const nothing of [infinite, undefinedOne])
      expect(addEvidence(before, nothing, kept)).toEqual(before);
  });

  test("draws have its mean and covariance", () => {
    const posterior = inferPosterior(prior, addEvidence(noEvidence(size), observe(5), kept));
    const { solve } = ridge([observe(5)]);
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
