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
function createProjection(encoder: Encoder, columns: number) {
  // The last number is no place: the logarithm of the item's share of the events.
  const width = encoder.width - 1;
  const random = createRandom(0).split(`start-rows/${encoder.hash}`);
  const matrix = Float64Array.from({ length: width * columns }, () => random.normal());
  const mean = encoder.vectorOf("" as ItemId);
  const { itemIds } = encoder.model;
  let squares = 0;
  for (const item of itemIds) {
    const vector = encoder.vectorOf(item);
    for (let i = 0; i < width; i++) squares += (vector[i]! - mean[i]!) ** 2;
  }
  const scale = squares === 0 ? 0 : deviation / Math.sqrt(squares / itemIds.length);
  return (item: ItemId, into: Float32Array) => {
    const vector = encoder.vectorOf(item);
    for (let i = 0; i < width; i++) {
      const value = scale * (vector[i]! - mean[i]!);
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
