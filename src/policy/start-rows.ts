import type { ItemId } from "../domain/ids.ts";
import { createRandom, type RandomStream } from "../numeric/random.ts";
import type { Encoder } from "./encoder/encoder.ts";

/** Standard deviation of the numbers of a new row. */
const deviation = 0.1;

/**
 * The encoder's vectors of items less their mean, projected at random to a number of columns
 * (Johnson & Lindenstrauss 1984). The projection is the encoder's own, so that items of all cycles
 * are placed alike.
 */
function createProjection({ hash, model, rowOf }: Encoder, columns: number) {
  const { width } = model.shape;
  const table = model.parameters.itemTable!;
  const items = model.itemIds.length;
  const random = createRandom(0).split(`start-rows/${hash}`);
  const matrix = Float64Array.from({ length: width * columns }, () => random.normal());
  const mean = new Float64Array(width);
  for (let cell = 0; cell < table.length; cell++) mean[cell % width]! += table[cell]! / items;
  const less = (cell: number) => table[cell]! - mean[cell % width]!;
  let squares = 0;
  for (let cell = 0; cell < table.length; cell++) squares += less(cell) ** 2;
  const scale = squares === 0 ? 0 : deviation / Math.sqrt(squares / items);
  return (item: ItemId, into: Float32Array) => {
    const start = rowOf(item) * width;
    for (let i = 0; i < width; i++) {
      const value = scale * less(start + i);
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
