import { expect, test } from "vitest";
import { fitEase } from "./ease.ts";
import { fitImplicitFactors } from "./implicit-factors.ts";
import { invertMatrix } from "./invert-matrix.ts";
import { fitItemNeighbours } from "./item-neighbours.ts";
import { fitMarkov } from "./markov.ts";
import { fitPopularity } from "./popularity.ts";
import type { Ranker } from "./ranker.ts";

const data = {
  itemCount: 4,
  training: [
    [0, 1, 2],
    [1, 2],
    [0, 2, 1],
  ],
};

test("popularity counts interactions, whatever the history", () => {
  const ranker = fitPopularity(data);
  expect([...ranker.score([0])]).toEqual([2, 3, 3, 0]);
  expect([...ranker.score([3])]).toEqual([2, 3, 3, 0]);
});

test("a chain of window 1 gives the share of the successors", () => {
  const ranker = fitMarkov(data, { window: 1, decay: 1 });
  // After 0 came 1 once and 2 once; after 1 twice 2 and once nothing.
  expect([...ranker.score([0])]).toEqual([0, 1 / 2, 1 / 2, 0]);
  expect(ranker.score([2, 1])[2]).toBeCloseTo(2 / 3, 14);
});

test("a wider window looks at later successors and at earlier items, each step for less", () => {
  const ranker = fitMarkov(data, { window: 2, decay: 0.5 });
  // After 0: 1 at once and 2 later; 2 at once and 1 later.
  expect(ranker.score([0])[1]).toBeCloseTo((1 + 0.5) / 2, 14);
  // From the newest item 1: 2 twice of three; from 0 before it, at half weight, (0.5 + 1)/2.
  expect(ranker.score([0, 1])[2]).toBeCloseTo(2 / 3 + 0.5 * 0.75, 14);
  // Older than the window is forgotten.
  expect(ranker.score([0, 3, 3])).toEqual(ranker.score([1, 3, 3]));
});

test("neighbours are weighed by the cosine of who had both", () => {
  const ranker = fitItemNeighbours(data, { neighbours: 3, shrinkage: 0 });
  // Users of 0: two, of 1 and 2: three; 0 and 1 share two.
  expect(ranker.score([0])[1]).toBeCloseTo(2 / Math.sqrt(6), 14);
  expect(ranker.score([0, 1])[2]).toBeCloseTo(2 / Math.sqrt(6) + 1, 14);
  expect(ranker.score([0])[0]).toBe(0);
});

test("of the neighbours the nearest are kept, and shrinkage lowers rare pairs", () => {
  const one = fitItemNeighbours(data, { neighbours: 1, shrinkage: 3 });
  // 1 and 2 share three users: 3/(3 + 3). 0 is 2/(√6 + 3) from both; the lower one is kept.
  expect([...one.score([1])]).toEqual([0, 0, 0.5, 0]);
  expect([...one.score([0])]).toEqual([0, 2 / (Math.sqrt(6) + 3), 0, 0]);
});

/** Users of two groups, each with items of its own. */
const groups = {
  itemCount: 8,
  training: Array.from({ length: 40 }, (_, user) =>
    [0, 1, 2, 3]
      .filter((item) => item !== Math.floor(user / 2) % 4)
      .map((item) => item + 4 * (user % 2)),
  ),
};

const expectOwnGroup = (ranker: Ranker) => {
  const scores = [...ranker.score([0, 1])];
  const [lowest, highest] = [Math.min(...scores.slice(2, 4)), Math.max(...scores.slice(4))];
  expect(lowest).toBeGreaterThan(highest);
};

test("EASE solves its normal equations", async () => {
  const regularisation = 2;
  const ranker = await fitEase(data, { regularisation, threads: 1 });
  // XᵀX + λI of the three users' sets, inverted by hand: 0 ∈ {0,1,2} twice, {1,2} once, 3 never.
  const gram = [
    [4, 2, 2],
    [2, 5, 3],
    [2, 3, 5],
  ];
  // Column 1 of P, up to its determinant: cofactors.
  const p = [-(2 * 5 - 2 * 3), 4 * 5 - 2 * 2, -(4 * 3 - 2 * 2)];
  expect(gram[1]![0]! * p[0]! + gram[1]![1]! * p[1]! + gram[1]![2]! * p[2]!).toBe(48);
  expect(ranker.score([0])[1]).toBeCloseTo(-p[0]! / p[1]!, 6);
  expect(ranker.score([2])[1]).toBeCloseTo(-p[2]! / p[1]!, 6);
  expect(ranker.score([1])[1]).toBe(0);
});

test("EASE and factors foresee what a user's group had", async () => {
  expectOwnGroup(await fitEase(groups, { regularisation: 1, threads: 1 }));
  const settings = { width: 2, epochs: 8, regularisation: 0.01, unobservedWeight: 0.1, seed: 3 };
  expectOwnGroup(await fitImplicitFactors(groups, settings));
});

test("factors are a minimum: no step of a folded-in vector's score lowers its loss", async () => {
  const settings = { width: 3, epochs: 3, regularisation: 0.1, unobservedWeight: 0.3, seed: 1 };
  const ranker = await fitImplicitFactors(groups, settings);
  // At the minimum w·∇ = 0: Σ_{i∈I} (s_i² − s_i) + α₀·Σ_i s_i² + ridge·|w|² = 0, so the first two sum to no more than 0.
  const own = [0, 1];
  const scores = ranker.score(own);
  const observed = own.reduce((sum, item) => sum + scores[item]! ** 2 - scores[item]!, 0);
  const everywhere = scores.reduce((sum, score) => sum + 0.3 * score ** 2, 0);
  expect(observed + everywhere).toBeLessThan(0);
  expect(await fitImplicitFactors(groups, settings).then((again) => again.score(own))).toEqual(
    scores,
  );
});

test("a matrix larger than two leaves is inverted to its known inverse", async () => {
  // ρ^|i − j| has a tridiagonal inverse (Kac, Murdock & Szegő 1953) and, at ρ = ½, a condition number of 9.
  const size = 421;
  const distance = (cell: number) => Math.abs(Math.floor(cell / size) - (cell % size));
  const matrix = Float32Array.from({ length: size * size }, (_, cell) => 0.5 ** distance(cell));
  const inverse = await invertMatrix(matrix, size, 1);
  const expected = (cell: number) => {
    if (distance(cell) === 1) return -2 / 3;
    if (distance(cell) > 1) return 0;
    return cell === 0 || cell === size * size - 1 ? 4 / 3 : 5 / 3;
  };
  const errors = inverse.map((value, cell) => Math.abs(value - expected(cell)));
  // Condition number times 6e-8 times the largest eigenvalue of the inverse, 3.
  expect(errors.reduce((worst, error) => Math.max(worst, error))).toBeLessThan(9 * 6e-8 * 3);
});

test("a matrix that is not positive definite is refused", async () => {
  await expect(invertMatrix(Float32Array.of(1, 2, 2, 1), 2, 1)).rejects.toThrow(
    "the matrix is not positive definite at row 1",
  );
});
