import type { ItemId } from "../../domain/ids.ts";
import { multiplyRows } from "../../numeric/multiply-rows.ts";
import { keepByList, keepIndices } from "../by-list.ts";
import { keepByView } from "../item-rows.ts";
import type { ItemView } from "../policy.ts";
import type { EncoderModel } from "./encoder-model.ts";
import { type FeatureMap, placeByFeatures } from "./feature-map.ts";

/**
 * Items as an encoder places them. An unknown one is placed by its features. Without a map of features it has the mean of all
 * embeddings: its log-odds are the mean of all items', for each user. Its share is that of an item without events.
 */
export interface ItemVectors {
  /** [items + 1, d]; the last row represents unknown items. */
  readonly table: Float32Array;
  /** The last row for an item that the encoder does not know. */
  rowOf(itemId: ItemId): number;
  rowsOf(views: readonly ItemView[]): Int32Array;
  /** d + 1 numbers: an item's embedding, then the logarithm of its share of the events. */
  vectorOf(view: ItemView): Float32Array;
  /** Product of a state of d + 1 numbers with each item's vector. */
  multiply(views: readonly ItemView[], state: Float32Array): Float64Array;
  /** Indices of a list's items by their rows; see `keepIndices`. */
  indicesByRow(views: readonly ItemView[]): Int32Array;
}

/** Unknown items of a list: their places in it, and their embeddings. */
type Placed = readonly (readonly [index: number, vector: Float32Array])[];

/** Embeddings of unknown items by their features; undefined without a map of features. */
function openMap(features: FeatureMap | undefined) {
  // Weak: a revision that the catalogue has dropped is dropped here too.
  const placed = new WeakMap<ItemView, Float32Array>();
  return (view: ItemView): Float32Array | undefined => {
    if (features === undefined) return undefined;
    // Features of a moment are none of the item.
    const own = view.base ?? view;
    const vector = placed.get(own) ?? placeByFeatures(features, own);
    placed.set(own, vector);
    return vector;
  };
}

/** The products of unknown items, exact, in the place of those of the row that represents them. */
function putPlaced(products: Float64Array, placed: Placed, state: Float32Array): void {
  for (const [index, vector] of placed) {
    let sum = 0;
    for (let i = 0; i < vector.length; i++) sum += state[i]! * vector[i]!;
    products[index] = sum;
  }
}

/** The logarithm of (c + 1)/Σ (c + 1), the sum with one unknown item. */
function logShares(counts: Float32Array): Float32Array {
  const total = counts.reduce((sum, count) => sum + count, counts.length + 1);
  const shares = new Float32Array(counts.length + 1).fill(-Math.log(total));
  for (let item = 0; item < counts.length; item++)
    shares[item] = Math.log((counts[item]! + 1) / total);
  return shares;
}

function addMean(itemTable: Float32Array, width: number): Float32Array {
  const items = itemTable.length / width;
  const table = new Float32Array(itemTable.length + width);
  table.set(itemTable);
  const mean = new Float64Array(width);
  for (let cell = 0; cell < itemTable.length; cell++)
    mean[cell % width]! += itemTable[cell]! / items;
  table.set(mean, itemTable.length);
  return table;
}

export function createItemVectors({
  shape: { width },
  parameters,
  itemIds,
  counts,
  features,
}: EncoderModel): ItemVectors {
  const table = addMean(parameters.itemTable!, width);
  const shares = logShares(counts);
  const numbers = new Map(itemIds.map((itemId, item) => [itemId, item]));
  const rowOf = (itemId: ItemId) => numbers.get(itemId) ?? itemIds.length;
  const rowsOf = keepByView(({ itemId }) => rowOf(itemId));
  const place = openMap(features);
  const placedIn = keepByList((views): Placed => {
    const placed: (readonly [number, Float32Array])[] = [];
    const rows = rowsOf(views);
    for (let index = 0; index < rows.length; index++) {
      const vector = rows[index]! < itemIds.length ? undefined : place(views[index]!);
      if (vector) placed.push([index, vector]);
    }
    return placed;
  });
  const multiply = (views: readonly ItemView[], state: Float32Array) => {
    const rows = rowsOf(views);
    // A state is either of known events or of none: one of the two parts is 0.
    if (state[width] !== 0) return Float64Array.from(rows, (row) => state[width]! * shares[row]!);
    const known = Float64Array.from(state.subarray(0, width));
    const products = multiplyRows({ values: table, stride: width }, rows, known);
    putPlaced(products, placedIn(views), state);
    return products;
  };
  return {
    table,
    rowOf,
    rowsOf,
    vectorOf: (view) => {
      const row = rowOf(view.itemId);
      const vector = new Float32Array(width + 1);
      const placed = row < itemIds.length ? undefined : place(view);
      vector.set(placed ?? table.subarray(row * width, (row + 1) * width));
      vector[width] = shares[row]!;
      return vector;
    },
    multiply,
    indicesByRow: keepIndices(rowsOf, () => itemIds.length + 1),
  };
}
