import { factorise } from "../../../src/numeric/cholesky.ts";
import { dotRow } from "../../../src/numeric/dot.ts";
import type { SessionRow } from "./play.ts";
import type { StepFeatures } from "./task.ts";

/** Sums over rows that all fits of Q are made from; x: features of the logged outcome, x' those of the next step's. */
export interface ValueSums {
  /** Σ w·x·xᵀ. */
  readonly gram: Float64Array;
  /** Σ w·x·x'ᵀ; nothing where the session ended. */
  readonly next: Float64Array;
  /** Σ w·x·immediate reward. */
  readonly rewards: Float64Array;
  /** Σ w·x·return. */
  readonly returns: Float64Array;
}

export interface ValueOptions {
  /** γ in [0, 1). */
  readonly discount: number;
  /** What Q is fitted to; see `fitValues`. */
  readonly target: "fitted" | "observed";
}

const ridge = 1;
const mostSweeps = 3000;
/** Largest change of a weight at which the sweeps have settled. */
const settled = 1e-7;

export const emptySums = (width: number): ValueSums => ({
  gram: new Float64Array(width * width),
  next: new Float64Array(width * width),
  rewards: new Float64Array(width),
  returns: new Float64Array(width),
});

/** left + share·right. */
export function addSums(left: ValueSums, right: ValueSums, share = 1): ValueSums {
  const add = (name: keyof ValueSums) =>
    left[name].map((value, index) => value + share * right[name][index]!);
  return {
    gram: add("gram"),
    next: add("next"),
    rewards: add("rewards"),
    returns: add("returns"),
  };
}

/** Features of an outcome: those of the state, then its own. */
export function featuresOf(
  { state, outcomes }: StepFeatures,
  outcome: number,
  width: number,
): Float64Array {
  const own = width - state.length;
  const x = new Float64Array(width);
  x.set(state);
  x.set(outcomes.subarray(outcome * own, (outcome + 1) * own), state.length);
  return x;
}

/** matrix += scale·x·yᵀ, row-major. */
function addOuter(
  matrix: Float64Array,
  scale: number,
  { x, y }: { readonly x: Float64Array; readonly y: Float64Array },
): void {
  const width = x.length;
  for (let j = 0; j < width; j++) {
    const factor = scale * x[j]!;
    if (factor === 0) continue;
    for (let k = 0; k < width; k++) matrix[j * width + k]! += factor * y[k]!;
  }
}

/** @param weights by session, for example bootstrap counts */
export function sumRows(
  rows: readonly SessionRow[],
  width: number,
  weights: (session: number) => number,
): ValueSums {
  const sums = emptySums(width);
  for (const [index, row] of rows.entries()) {
    const weight = weights(row.user);
    if (weight === 0) continue;
    const x = featuresOf(row.step, row.outcome, width);
    addOuter(sums.gram, weight, { x, y: x });
    for (let j = 0; j < width; j++) {
      sums.rewards[j]! += weight * x[j]! * row.immediate;
      sums.returns[j]! += weight * x[j]! * row.reward;
    }
    if (!row.goesOn) continue;
    const { step, outcome } = rows[index + 1]!;
    addOuter(sums.next, weight, { x, y: featuresOf(step, outcome, width) });
  }
  return sums;
}

/**
 * θ of Q(s, o) = θ·x. `observed`: regression of the returns. `fitted`: fitted Q evaluation, θ ← (G + λI)⁻¹·((1 − γ)·b + γ·N·θ) with
 * the θ before as the target critic, from 0 until it settles; N holds the logged outcomes of the next steps (SARSA).
 */
export function fitValues(sums: ValueSums, { discount, target }: ValueOptions): Float64Array {
  const width = sums.rewards.length;
  const gram = sums.gram.slice();
  for (let j = 0; j < width; j++) gram[j * width + j]! += ridge;
  const solve = factorise(gram, width);
  if (target === "observed") return solve(sums.returns);
  let values = new Float64Array(width);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    const right = sums.rewards.map((reward, j) => {
      const ahead = dotRow(sums.next, j * width, values);
      return (1 - discount) * reward + discount * ahead;
    });
    const next = Float64Array.from(solve(right));
    const change = next.reduce((most, value, j) => Math.max(most, Math.abs(value - values[j]!)), 0);
    values = next;
    if (change < settled) break;
  }
  return values;
}
