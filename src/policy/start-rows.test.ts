import { expect, test } from "vitest";
import { sampleEncoder, sampleViews } from "../../tests/support/policy.ts";
import { itemId } from "../domain/ids.ts";
import { createRandom } from "../numeric/random.ts";
import { openEncoder } from "./encoder/encoder.ts";
import { encodeEncoder } from "./encoder/encoder-model.ts";
import { startRows } from "./start-rows.ts";

const views = sampleViews(60);
const items = views.map(({ itemId }) => itemId);
const { model } = openEncoder(sampleEncoder(views));
const { width } = model.shape;
/** Even items are alike, and so are odd ones. */
const itemTable = model.parameters.itemTable!.map((value, i) => {
  const [item, column] = [Math.floor(i / width), i % width];
  return 0.1 * value + (column === item % 2 ? 1 : 0);
});
const encoder = openEncoder(
  encodeEncoder({ ...model, parameters: { ...model.parameters, itemTable } }),
);
const columns = 24;
const start = (some: readonly (typeof items)[0][], seed = 1) =>
  startRows(some, columns, { random: createRandom(seed), encoder });
const rowOf = (rows: Float32Array, index: number) =>
  rows.subarray(index * columns, (index + 1) * columns);
const distance = (left: Float32Array, right: Float32Array) =>
  Math.sqrt(left.reduce((sum, value, i) => sum + (value - right[i]!) ** 2, 0));

test("items that an encoder places beside each other start beside each other", () => {
  const rows = start(items);
  for (let item = 2; item < items.length; item++) {
    const toAlike = distance(rowOf(rows, item), rowOf(rows, item % 2));
    const toOther = distance(rowOf(rows, item), rowOf(rows, 1 - (item % 2)));
    expect(toAlike).toBeLessThan(toOther);
  }
});

test("an item starts at the same place in every cycle, at the size of a random start", () => {
  const rows = start(items);
  expect([...start([items[7]!], 2)]).toEqual([...rowOf(rows, 7)]);
  const deviation = Math.sqrt(rows.reduce((sum, value) => sum + value ** 2, 0) / rows.length);
  expect(deviation).toBeGreaterThan(0.05);
  expect(deviation).toBeLessThan(0.2);
});

test("an item that the encoder does not know starts at random, as all do without one", () => {
  const fresh = [itemId("fresh-1"), itemId("fresh-2")];
  const alone = startRows(fresh, columns, { random: createRandom(3) });
  expect([...start(fresh, 3)]).toEqual([...alone]);
  expect(new Set(alone).size).toBe(2 * columns);
});
