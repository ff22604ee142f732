import { dot } from "./dot.ts";

/**
 * Value of a function at x; writes its gradient into the second argument, which starts as zeros.
 */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number;

/** Pairs of steps and gradient changes that are kept. */
const memory = 8;
/** Share of the decrease that the slope promises which a step has to bring (Armijo). */
const sufficient = 1e-4;
const mostHalvings = 20;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/** −H·g by the two loops of Nocedal & Wright 2006, algorithm 7.4. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const alphas: number[] = [];
  for (const { step, change, curvature } of pairs.toReversed()) {
    const alpha = dot(step, direction) / curvature;
    alphas.push(alpha);
    for (let index = 0; index < direction.length; index++)
      direction[index]! -= alpha * change[index]!;
  }
  const newest = pairs.at(-1);
  const scale = newest ? newest.curvature / dot(newest.change, newest.change) : 1;
  for (let index = 0; index < direction.length; index++) direction[index]! *= scale;
  for (const { step, change, curvature } of pairs) {
    const beta = alphas.pop()! - dot(change, direction) / curvature;
    for (let index = 0; index < direction.length; index++) direction[index]! += beta * step[index]!;
  }
  return direction;
}

interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

const evaluateAt = (evaluate: Differentiable, x: Float64Array): Point => {
  const gradient = new Float64Array(x.length);
  return { x, value: evaluate(x, gradient), gradient };
};

/** The first of rate, rate/2, rate/4, … that brings its share of the promised decrease. */
function search(
  evaluate: Differentiable,
  from: Point,
  { direction, slope, rate }: { direction: Float64Array; slope: number; rate: number },
): Point | undefined {
  for (let halving = 0; halving < mostHalvings; halving++) {
    const step = rate / 2 ** halving;
    const there = evaluateAt(
      evaluate,
      from.x.map((value, index) => value + step * direction[index]!),
    );
    if (there.value <= from.value + sufficient * step * slope) return there;
  }
  return undefined;
}

const subtract = (left: Float64Array, right: Float64Array): Float64Array =>
  left.map((value, index) => value - right[index]!);

/**
 * A minimum of a smooth function near `start`, by L-BFGS with halved steps (Liu & Nocedal 1989).
 * Its value never rises from step to step.
 * @param options.iterations most steps
 * @param options.tolerance ends if a step lowers the value by less than this share
 */
export function minimise(
  evaluate: Differentiable,
  start: Float64Array,
  options: { readonly iterations: number; readonly tolerance: number },
): { readonly x: Float64Array; readonly values: readonly number[] } {
  let point = evaluateAt(evaluate, start);
  const values = [point.value];
  const pairs: Pair[] = [];
  while (values.length <= options.iterations) {
    const direction = descent(point.gradient, pairs);
    const slope = dot(point.gradient, direction);
    // The first step has no curvature yet: its length is at most 1.
    const rate = pairs.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(-slope));
    const next = slope < 0 ? search(evaluate, point, { direction, slope, rate }) : undefined;
    if (!next) break;
    const step = subtract(next.x, point.x);
    const change = subtract(next.gradient, point.gradient);
    const curvature = dot(step, change);
    if (curvature > 0) pairs.push({ step, change, curvature });
    if (pairs.length > memory) pairs.shift();
    const gain = point.value - next.value;
    point = next;
    values.push(point.value);
    if (gain <= options.tolerance * Math.abs(point.value)) break;
  }
  return { x: point.x, values };
}
