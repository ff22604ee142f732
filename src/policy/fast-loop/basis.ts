import type { ItemId } from "../../domain/ids.ts";
import { dot } from "../../numeric/dot.ts";
import {
  type PrincipalDirections,
  principalDirections,
} from "../../numeric/principal-directions.ts";
import { type VectorRows, vectorsOf } from "../../numeric/vector-rows.ts";

/** A state and candidates as a network sees them. */
export interface Representation {
  /** h */
  readonly state: Float32Array;
  /** e of each candidate. */
  readonly items: VectorRows;
  /** z of each candidate. */
  readonly logits: Float64Array;
  /** Absent if the network itself tells users apart. */
  readonly likeness?: CandidateLikeness;
}

/** Two numbers of each candidate (`src/policy/likeness.ts`). */
export interface CandidateLikeness {
  readonly itemIds: readonly ItemId[];
  readonly values: Float64Array;
}

/** Directions in which vectors differ. */
interface Axes extends PrincipalDirections {
  /** Number `cell` of direction d at 8·cell + d, 0 of a direction that there isn't. */
  readonly columns: Float64Array;
  /** Root mean square length in these directions, from the mean; 1 where all are alike. */
  readonly length: number;
}

/** Directions in which states and items differ, for a linear model of their products. */
export interface FeatureBasis {
  readonly states: Axes;
  readonly items: Axes;
}

/** Directions of states, and as many of items. */
export const directionCount = 8;
/** Longer ones are shortened to it, in typical lengths: one odd vector must not outweigh all others. */
const longest = 2;
/**
 * Coordinates in the directions, from the mean, of the vector that begins at `start`. All side by side, for a sum waits for its last
 * addition.
 * @param found is written
 */
function project(
  { mean, columns }: Pick<Axes, "mean" | "columns">,
  values: Float32Array,
  start: number,
  found: Float64Array,
): void {
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let cell = 0; cell < mean.length; cell++) {
    const value = values[start + cell]! - mean[cell]!;
    const at = directionCount * cell;
    a += value * columns[at]!;
    b += value * columns[at + 1]!;
    c += value * columns[at + 2]!;
    d += value * columns[at + 3]!;
    e += value * columns[at + 4]!;
    f += value * columns[at + 5]!;
    g += value * columns[at + 6]!;
    h += value * columns[at + 7]!;
  }
  found[0] = a;
  found[1] = b;
  found[2] = c;
  found[3] = d;
  found[4] = e;
  found[5] = f;
  found[6] = g;
  found[7] = h;
}

function findAxes(vectors: readonly Float32Array[]): Axes {
  const found = principalDirections(vectors, directionCount);
  const columns = new Float64Array(directionCount * found.mean.length);
  for (const [d, direction] of found.directions.entries())
    for (const [cell, value] of direction.entries()) columns[directionCount * cell + d] = value;
  let squares = 0;
  const place = new Float64Array(directionCount);
  for (const vector of vectors) {
    project({ ...found, columns }, vector, 0, place);
    squares += dot(place, place) / vectors.length;
  }
  return { ...found, columns, length: Math.sqrt(squares) || 1 };
}

export const createBasis = (seen: readonly Representation[]): FeatureBasis => ({
  states: findAxes(seen.map(({ state }) => state)),
  items: findAxes(seen.flatMap(({ items }) => vectorsOf(items))),
});

/** The same directions of items, with those in which these states differ. */
export const withStates = (
  { items }: FeatureBasis,
  states: readonly Float32Array[],
): FeatureBasis => ({ states: findAxes(states), items });

/** A policy that is alike for all users tells none of them apart by its states. */
export const isAlikeForAll = ({ states }: FeatureBasis): boolean => states.directions.length === 0;

/** The same in typical lengths: direction and length of a vector. */
export function locate(axes: Axes, values: Float32Array, start: number, found: Float64Array): void {
  project(axes, values, start, found);
  const scale = Math.max(axes.length, Math.sqrt(dot(found, found)) / longest);
  for (let index = 0; index < found.length; index++) found[index]! /= scale;
}
