import { setImmediate } from "node:timers/promises";
import { type Feature, type FeatureMap, featuresOf } from "../../../policy/encoder/feature-map.ts";
import { itemTokenBuckets } from "../../../policy/item-features.ts";
import type { TextShape } from "../../../policy/network.ts";
import type { ItemView } from "../../../policy/policy.ts";
import type { TransformerModel } from "../../../policy/transformer/parameters.ts";

/** Ridges of which the best on items left out is taken. */
const ridges = [1, 3, 10, 30];
const folds = 5;
/** Items that choose the ridge: more would cost more than they tell. */
const choosingItems = 20_000;
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

interface Rows {
  readonly features: readonly (readonly Feature[])[];
  readonly weights: Float64Array;
  readonly vectors: Float32Array;
  readonly width: number;
}

interface Column {
  readonly items: number[];
  readonly values: number[];
}

function weighedMean({ weights, vectors, width }: Rows, items: readonly number[]): Float64Array {
  const mean = new Float64Array(width);
  let total = 0;
  for (const item of items) {
    total += weights[item]!;
    for (let i = 0; i < width; i++) mean[i]! += weights[item]! * vectors[item * width + i]!;
  }
  return mean.map((sum) => sum / total);
}

function columnsOf({ features }: Rows, items: readonly number[]): Map<number, Column> {
  const columns = new Map<number, Column>();
  for (const item of items) {
    for (const [row, value] of features[item]!) {
      const column = columns.get(row) ?? { items: [], values: [] };
      columns.set(row, column);
      column.items.push(item);
      column.values.push(value);
    }
  }
  return columns;
}

/** Weights of the features by row, and the mean that they are added to. */
interface Fit {
  readonly mean: Float64Array;
  readonly rows: ReadonlyMap<number, Float64Array>;
}

/** One sweep of coordinate descent over the features. @returns the largest change */
function sweep(
  { weights, width }: Rows,
  columns: ReadonlyMap<number, Column>,
  state: {
    readonly ridge: number;
    readonly found: ReadonlyMap<number, Float64Array>;
    /** Vectors less what is explained, [items, d]. */
    readonly rest: Float64Array;
  },
): number {
  const { ridge, found, rest } = state;
  const step = new Float64Array(width);
  let largest = 0;
  for (const [row, { items, values }] of columns) {
    const own = found.get(row)!;
    let square = ridge;
    for (let i = 0; i < width; i++) step[i] = -ridge * own[i]!;
    for (const [place, item] of items.entries()) {
      const value = weights[item]! * values[place]!;
      square += value * values[place]!;
      for (let i = 0; i < width; i++) step[i]! += value * rest[item * width + i]!;
    }
    for (let i = 0; i < width; i++) {
      step[i]! /= square;
      own[i]! += step[i]!;
      largest = Math.max(largest, Math.abs(step[i]!));
    }
    for (const [place, item] of items.entries())
      for (let i = 0; i < width; i++) rest[item * width + i]! -= values[place]! * step[i]!;
  }
  return largest;
}

/** Ridge regression of the vectors on the features: min Σ_a w_a·|e(a) − m − Σ_t x_t·M[t]|² + ridge·|M|². */
async function fitRidge(rows: Rows, items: readonly number[], ridge: number): Promise<Fit> {
  const { vectors, width } = rows;
  const mean = weighedMean(rows, items);
  const columns = columnsOf(rows, items);
  const found = new Map([...columns.keys()].map((row) => [row, new Float64Array(width)]));
  const rest = Float64Array.from(vectors, (value, index) => value - mean[index % width]!);
  for (let sweeps = 0; sweeps < mostSweeps; sweeps++) {
    await setImmediate();
    if (sweep(rows, columns, { ridge, found, rest }) < tolerance) break;
  }
  return { mean, rows: found };
}

/** Weighted squares that a fit leaves on items, and those that its mean alone leaves. */
function leftOver(
  { features, weights, vectors, width }: Rows,
  items: readonly number[],
  { mean, rows }: Fit,
): readonly [fit: number, mean: number] {
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
  return [left, ofMean];
}

/** The ridge that places left-out items best; undefined if none does better than the mean. */
async function chooseRidge(rows: Rows, items: readonly number[]): Promise<number | undefined> {
  const some = items.slice(0, choosingItems);
  const sums = ridges.map(() => 0);
  let ofMeans = 0;
  for (let fold = 0; fold < folds; fold++) {
    const kept = some.filter((_, index) => index % folds !== fold);
    const out = some.filter((_, index) => index % folds === fold);
    if (kept.length === 0 || out.length === 0) return undefined;
    for (const [index, ridge] of ridges.entries()) {
      const [left, ofMean] = leftOver(rows, out, await fitRidge(rows, kept, ridge));
      sums[index]! += left;
      if (index === 0) ofMeans += ofMean;
    }
  }
  const best = Math.min(...sums);
  return best < ofMeans ? ridges[sums.indexOf(best)] : undefined;
}

const textOf = (views: PlacedItems["views"]): TextShape | undefined => {
  const text = views.find((view) => view?.text !== undefined)?.text;
  return text && { model: text.model, width: text.vector.length };
};

function toMap({ mean, rows }: Fit, text: TextShape | undefined): FeatureMap {
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

/**
 * The map from features to vectors; undefined if features place items that were left out no better than the mean vector
 * does. Memory: 8 bytes a number of the table, and 24 a feature of an item.
 * @returns in time that grows with the features of all items
 */
export async function fitFeatures({
  views,
  model: { parameters, shape },
  counts,
}: PlacedItems): Promise<FeatureMap | undefined> {
  const text = textOf(views);
  const rows: Rows = {
    features: views.map((view) => (view === undefined ? [] : featuresOf(view, text))),
    weights: Float64Array.from(counts, (count) => count / (count + 1)),
    vectors: parameters.itemTable!,
    width: shape.width,
  };
  const items = [...views.keys()].filter((item) => views[item] && counts[item]! > 0);
  const ridge = await chooseRidge(rows, items);
  if (ridge === undefined) return undefined;
  return toMap(await fitRidge(rows, items, ridge), text);
}
