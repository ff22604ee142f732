import { factorise } from "../../numeric/cholesky.ts";
import { createRandom } from "../../numeric/random.ts";
import type { Ranker, RankerData } from "./ranker.ts";

export interface FactorSettings {
  /** d. */
  readonly width: number;
  readonly epochs: number;
  /** λ > 0. */
  readonly regularisation: number;
  /** α₀: weight of what a user did not do, beside 1 for what the user did. */
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
 * iALS (Hu et al. 2008) as re-tuned by Rendle et al. 2021 (arXiv:2110.14037): alternately exact minima of
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
    await solveAll(users, ofUsers, createSolver(items, settings));
    await solveAll(items, ofItems, createSolver(users, settings));
  }
  const foldIn = createSolver(items, settings);
  return {
    score(history) {
      const vector = foldIn([...new Set(Array.from(history))]);
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

type Solver = (neighbours: readonly number[]) => Float64Array;

/** The minimum of one side's vector under the other side's. */
function createSolver(others: Factors, settings: FactorSettings): Solver {
  const { vectors, width } = others;
  const { unobservedWeight, regularisation } = settings;
  const count = vectors.length / width;
  const every = new Float64Array(width * width);
  for (let row = 0; row < count; row++) addOuter(every, others, { row, weight: unobservedWeight });
  return (neighbours) => {
    const matrix = every.slice();
    const right = new Float64Array(width);
    for (const row of neighbours) {
      addOuter(matrix, others, { row, weight: 1 });
      for (let i = 0; i < width; i++) right[i]! += vectors[row * width + i]!;
    }
    const ridge = regularisation * (neighbours.length + unobservedWeight * count);
    for (let i = 0; i < width; i++) matrix[i * (width + 1)]! += ridge;
    return factorise(matrix, width)(right);
  };
}

/** The lower triangle of matrix += weight · v·vᵀ; Cholesky reads no other. */
function addOuter(
  matrix: Float64Array,
  { vectors, width }: Factors,
  { row, weight }: { readonly row: number; readonly weight: number },
): void {
  const start = row * width;
  for (let i = 0; i < width; i++) {
    const value = weight * vectors[start + i]!;
    const line = i * width;
    for (let j = 0; j <= i; j++) matrix[line + j]! += value * vectors[start + j]!;
  }
}

/** Rows between which whoever waits, such as for Ctrl-C, gets a turn. */
const rowsAtATime = 256;

async function solveAll(
  { vectors, width }: Factors,
  neighbours: readonly (readonly number[])[],
  solve: Solver,
): Promise<void> {
  for (const [row, own] of neighbours.entries()) {
    vectors.set(solve(own), row * width);
    if (row % rowsAtATime === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

function multiplyRows({ vectors, width }: Factors, vector: Float64Array): Float64Array {
  const scores = new Float64Array(vectors.length / width);
  for (let row = 0; row < scores.length; row++)
    for (let i = 0; i < width; i++) scores[row]! += vectors[row * width + i]! * vector[i]!;
  return scores;
}
