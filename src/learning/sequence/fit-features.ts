import {
  type Feature,
  type FeatureMap,
  weighedFeatures,
} from "../../policy/encoder/feature-map.ts";
import { itemTokenBuckets } from "../../policy/item-features.ts";
import type { ItemView, TextShape } from "../../policy/policy.ts";
import type { TransformerModel } from "../../policy/transformer/parameters.ts";

const mostSweeps = 50;
/** Sweeps end when the largest change of a weight is below this. */
const tolerance = 1e-3;

/** Items that an encoder was trained on. */
export interface PlacedItems {
  /** Of each row of the table; undefined for an item that the catalogue no longer has. */
  readonly views: readonly (ItemView | undefined)[];
  /** Its item table has their vectors. */
  readonly model: TransformerModel;
  /** Events of each item: a vector counts n/(n + 1), for few events leave it near its random start. */
  readonly counts: ArrayLike<number>;
}

export interface FeatureRows {
  readonly features: readonly (readonly Feature[])[];
  readonly weights: Float64Array;
  readonly vectors: Float32Array;
  readonly width: number;
}

/** Rows of the items' features. */
export function toFeatureRows(
  { views, model: { parameters, shape }, counts }: PlacedItems,
  text: TextShape | undefined,
): FeatureRows {
  return {
    features: views.map((view) => (view === undefined ? [] : weighedFeatures(view, text))),
    weights: Float64Array.from(counts, (count) => count / (count + 1)),
    vectors: parameters.itemTable!,
    width: shape.width,
  };
}

interface Column {
  /** Places in the list of items that are fitted. */
  readonly places: number[];
  readonly values: number[];
}

function weighedMean(
  { weights, vectors, width }: FeatureRows,
  items: readonly number[],
): Float64Array {
  const mean = new Float64Array(width);
  let total = 0;
  for (const item of items) {
    total += weights[item]!;
    for (let i = 0; i < width; i++) mean[i]! += weights[item]! * vectors[item * width + i]!;
  }
  return mean.map((sum) => sum / total);
}

function columnsOf({ features }: FeatureRows, items: readonly number[]): Map<number, Column> {
  const columns = new Map<number, Column>();
  for (const [place, item] of items.entries()) {
    for (const [row, value] of features[item]!) {
      const column = columns.get(row) ?? { places: [], values: [] };
      columns.set(row, column);
      column.places.push(place);
      column.values.push(value);
    }
  }
  return columns;
}

/** Weights of the features by row, and the mean that they are added to. */
export interface Fit {
  readonly mean: Float64Array;
  readonly rows: ReadonlyMap<number, Float64Array>;
}

/** One sweep of coordinate descent over the features. @returns the largest change */
function sweep(
  columns: ReadonlyMap<number, Column>,
  state: {
    readonly ridge: number;
    readonly width: number;
    /** Of the items that are fitted. */
    readonly weights: Float64Array;
    readonly found: ReadonlyMap<number, Float64Array>;
    /** Their vectors less the explained parts, [items, d]. */
    readonly rest: Float64Array;
  },
): number {
  const { ridge, width, weights, found, rest } = state;
  const step = new Float64Array(width);
  let largest = 0;
  for (const [row, { places, values }] of columns) {
    const own = found.get(row)!;
    let square = ridge;
    for (let i = 0; i < width; i++) step[i] = -ridge * own[i]!;
    for (const [index, place] of places.entries()) {
      const value = weights[place]! * values[index]!;
      square += value * values[index]!;
      for (let i = 0; i < width; i++) step[i]! += value * rest[place * width + i]!;
    }
    for (let i = 0; i < width; i++) {
      step[i]! /= square;
      own[i]! += step[i]!;
      largest = Math.max(largest, Math.abs(step[i]!));
    }
    for (const [index, place] of places.entries())
      for (let i = 0; i < width; i++) rest[place * width + i]! -= values[index]! * step[i]!;
  }
  return largest;
}

/** Ridge regression of the vectors on the features: min Σ_a w_a·|e(a) − m − Σ_t x_t·M[t]|² + ridge·|M|². */
export function fitRidge(rows: FeatureRows, items: readonly number[], ridge: number): Fit {
  const { vectors, width } = rows;
  const mean = weighedMean(rows, items);
  const columns = columnsOf(rows, items);
  const found = new Map([...columns.keys()].map((row) => [row, new Float64Array(width)]));
  const weights = Float64Array.from(items, (item) => rows.weights[item]!);
  const rest = new Float64Array(items.length * width);
  for (const [place, item] of items.entries())
    for (let i = 0; i < width; i++) rest[place * width + i] = vectors[item * width + i]! - mean[i]!;
  const state = { ridge, width, weights, found, rest };
  for (let sweeps = 0; sweeps < mostSweeps; sweeps++) if (sweep(columns, state) < tolerance) break;
  return { mean, rows: found };
}

/** Weighted squares that a fit leaves on items, and those that its mean alone leaves on them. */
export function leftOver(
  { features, weights, vectors, width }: FeatureRows,
  items: readonly number[],
  { mean, rows }: Fit,
): { readonly left: number; readonly ofMean: number } {
  let [left, ofMean] = [0, 0];
  for (const item of items) {
    const placed = Float64Array.from(mean);
    for (const [row, value] of features[item]!) {
      const own = rows.get(row);
      if (own) for (let i = 0; i < width; i++) placed[i]! += value * own[i]!;
    }
    for (let i = 0; i < width; i++) {
      const vector = vectors[item * width + i]!;
      left += weights[item]! * (vector - placed[i]!) ** 2;
      ofMean += weights[item]! * (vector - mean[i]!) ** 2;
    }
  }
  return { left, ofMean };
}

/** The same as arrays, for the items that are to come. */
export function toMap({ mean, rows }: Fit, text: TextShape | undefined): FeatureMap {
  const width = mean.length;
  const all = new Float32Array((itemTokenBuckets + (text?.width ?? 0)) * width);
  for (const [row, values] of rows) all.set(values, row * width);
  const end = itemTokenBuckets * width;
  return {
    mean: Float32Array.from(mean),
    tokens: all.slice(0, end),
    ...(text && { text: { ...text, weights: all.slice(end) } }),
  };
}
