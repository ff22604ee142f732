import type { ItemId } from "../domain/ids.ts";
import { createRandom, type RandomStream } from "../numeric/random.ts";
import type { Encoder } from "./encoder/encoder.ts";

/** Standard deviation of the numbers of a new row. */
const deviation = 0.1;

interface Placing {
  /** Of the vectors of all items. */
  readonly mean: Float64Array;
  /** Of a vector less the mean, so that its numbers have the deviation of a new row. */
  readonly scale: number;
}

function placeItems({ model }: Encoder): Placing {
  const { width } = model.shape;
  const table = model.parameters.itemTable!;
  const items = model.itemIds.length;
  const mean = new Float64Array(width);
  for (let start = 0; start < table.length; start += width)
    for (let i = 0; i < width; i++) mean[i]! += table[start + i]! / items;
  let squares = 0;
  for (let start = 0; start < table.length; start += width)
    for (let i = 0; i < width; i++) squares += (table[start + i]! - mean[i]!) ** 2;
  return { mean, scale: squares === 0 ? 0 : deviation / Math.sqrt(squares / items) };
}

/** Two passes over all items, which all trainings of a cycle would repeat. */
const placings = new WeakMap<Encoder, Placing>();

function placingOf(encoder: Encoder): Placing {
  const placing = placings.get(encoder) ?? placeItems(encoder);
  placings.set(encoder, placing);
  return placing;
}

/**
 * The encoder's vectors of items less their mean, projected at random to a number of columns
 * (Johnson & Lindenstrauss 1984). The projection is the encoder's own, so that items of all cycles
 * are placed alike.
 */
function createProjection(encoder: Encoder, columns: number) {
  const { hash, model, rowOf } = encoder;
  const { width } = model.shape;
  const table = model.parameters.itemTable!;
  const { mean, scale } = placingOf(encoder);
  const random = createRandom(0).split(`start-rows/${hash}`);
  const matrix = Float64Array.from({ length: width * columns }, () => random.normal());
  return (item: ItemId, into: Float32Array) => {
    const start = rowOf(item) * width;
    for (let i = 0; i < width; i++) {
      const value = scale * (table[start + i]! - mean[i]!);
      for (let column = 0; column < columns; column++)
        into[column]! += value * matrix[i * columns + column]!;
    }
  };
}

/**
 * Rows of new items in an item table. On an encoder items start beside those that are alike to it;
 * items that it does not know, and those of a network without one, start at random.
 */
export function startRows(
  items: readonly ItemId[],
  columns: number,
  { random, encoder }: { readonly random: RandomStream; readonly encoder?: Encoder | undefined },
): Float32Array {
  const rows = new Float32Array(items.length * columns);
  const project = encoder && createProjection(encoder, columns);
  for (const [index, item] of items.entries()) {
    const row = rows.subarray(index * columns, (index + 1) * columns);
    if (project && encoder.rowOf(item) >= 0) project(item, row);
    else for (let i = 0; i < columns; i++) row[i] = deviation * random.normal();
  }
  return rows;
}
