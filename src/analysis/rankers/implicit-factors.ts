import { dot, dotRow } from "../../numeric/dot.ts";
import { createRandom } from "../../numeric/random.ts";
import type { Ranker, RankerData } from "./ranker.ts";

export interface FactorSettings {
  /** d. */
  readonly width: number;
  readonly epochs: number;
  /** λ > 0. */
  readonly regularisation: number;
  /** α₀: weight of an item that the user did not choose, beside 1 for a chosen item. */
  readonly unobservedWeight: number;
  /** Unsigned 32-bit integer. */
  readonly seed: number;
}

/** Spread of the scores at the start (Rendle et al. 2021, section 4.2): σ∗ of the paper, over √d for a factor. */
const startSpread = 0.1;

/** Vectors of users or items, row-major, d each. */
interface Factors {
  readonly vectors: Float64Array;
  readonly width: number;
}

/**
 * Steps of an epoch towards a vector's minimum, starting from the last epoch's vector (Takács et
 * al. 2011, section 4).
 */
const stepsAnEpoch = 3;

/**
 * iALS (Hu et al. 2008) as re-tuned by Rendle et al. 2021 (arXiv:2110.14037): alternately towards the minima of
 *
 *     Σ_(u,i) (w_u·h_i − 1)² + α₀·Σ_u Σ_i (w_u·h_i)² + λ·(Σ_u (|I_u| + α₀·|I|)·|w_u|² + Σ_i (|U_i| + α₀·|U|)·|h_i|²)
 *
 * A history that is scored is folded in: its vector is the minimum for these items.
 */
export async function fitImplicitFactors(
  { training, itemCount }: RankerData,
  settings: FactorSettings,
): Promise<Ranker> {
  const { width, epochs } = settings;
  const ofUsers = training.map((sequence) => [...new Set(Array.from(sequence))]);
  const ofItems: number[][] = Array.from({ length: itemCount }, () => []);
  for (const [user, own] of ofUsers.entries()) for (const item of own) ofItems[item]!.push(user);
  const users: Factors = { vectors: new Float64Array(training.length * width), width };
  const items = drawFactors(itemCount, settings);
  for (let epoch = 0; epoch < epochs; epoch++) {
    await improveAll(users, ofUsers, createSolver(items, settings));
    await improveAll(items, ofItems, createSolver(users, settings));
  }
  const foldIn = createSolver(items, settings);
  return {
    score(history) {
      const vector = new Float64Array(width);
      foldIn([...new Set(Array.from(history))], vector, 2 * width);
      return multiplyRows(items, vector);
    },
  };
}

function drawFactors(count: number, { width, seed }: FactorSettings): Factors {
  const random = createRandom(seed).split("factors");
  const scale = startSpread / Math.sqrt(width);
  return {
    vectors: Float64Array.from({ length: count * width }, () => scale * random.normal()),
    width,
  };
}

/** Moves one side's vector by `steps` steps to its minimum under the other side's vectors. */
type Solver = (neighbours: readonly number[], vector: Float64Array, steps: number) => void;

/** Residual, over the right side, at which a vector is at its minimum. */
const tolerance = 1e-6;

/** Conjugate gradients (Hestenes & Stiefel 1952), which need a product with the normal matrix and never the matrix. */
function createSolver(others: Factors, settings: FactorSettings): Solver {
  const { vectors, width } = others;
  const { unobservedWeight, regularisation } = settings;
  const count = vectors.length / width;
  const gram = buildGram(others, unobservedWeight);
  return (neighbours, vector, steps) => {
    const ridge = regularisation * (neighbours.length + unobservedWeight * count);
    const multiply = (x: Float64Array) => {
      const product = multiplyRows({ vectors: gram, width }, x);
      for (let i = 0; i < width; i++) product[i]! += ridge * x[i]!;
      for (const row of neighbours)
        addScaled(product, dotRow(vectors, row * width, x), vectors, row * width);
      return product;
    };
    const residual = new Float64Array(width);
    for (const row of neighbours) addScaled(residual, 1, vectors, row * width);
    const enough = tolerance ** 2 * dot(residual, residual);
    addScaled(residual, -1, multiply(vector));
    const direction = residual.slice();
    let rest = dot(residual, residual);
    for (let step = 0; step < steps && rest > enough; step++) {
      const image = multiply(direction);
      const length = rest / dot(direction, image);
      addScaled(vector, length, direction);
      addScaled(residual, -length, image);
      const before = rest;
      rest = dot(residual, residual);
      for (let i = 0; i < width; i++) direction[i] = residual[i]! + (rest / before) * direction[i]!;
    }
  };
}

/** α₀·Σ_row v·vᵀ. */
function buildGram({ vectors, width }: Factors, weight: number): Float64Array {
  const gram = new Float64Array(width * width);
  for (let start = 0; start < vectors.length; start += width)
    for (let i = 0; i < width; i++) {
      const value = weight * vectors[start + i]!;
      for (let j = 0; j < width; j++) gram[i * width + j]! += value * vectors[start + j]!;
    }
  return gram;
}

// Offsets instead of views of a row: making a view takes longer than its use.

/** target += scale · values, from `start` on. */
function addScaled(target: Float64Array, scale: number, values: Float64Array, start = 0): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * values[start + i]!;
}

function multiplyRows({ vectors, width }: Factors, vector: Float64Array): Float64Array {
  const products = new Float64Array(vectors.length / width);
  for (let row = 0; row < products.length; row++)
    products[row] = dotRow(vectors, row * width, vector);
  return products;
}

/** Rows between two pauses for other work, such as a check for Ctrl-C. */
const rowsAtATime = 256;

async function improveAll(
  { vectors, width }: Factors,
  neighbours: readonly (readonly number[])[],
  solve: Solver,
): Promise<void> {
  for (const [row, own] of neighbours.entries()) {
    const vector = vectors.subarray(row * width, (row + 1) * width);
    solve(own, vector, stepsAnEpoch);
    if (row % rowsAtATime === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
