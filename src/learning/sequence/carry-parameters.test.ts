import { expect, test } from "vitest";
import { itemId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import { createTransformer } from "../../policy/transformer/parameters.ts";
import { presetShape } from "../../policy/transformer/shape.ts";
import { carryParameters } from "./carry-parameters.ts";

test("known items keep their rows in a later catalogue, in any order; new ones begin near 0", () => {
  const [a, b, c] = ["a", "b", "c"].map(itemId);
  const shapeOf = (items: number) => presetShape("small", { items, length: 5 });
  const { parameters } = createTransformer(shapeOf(2), createRandom(1));
  const itemTable = parameters.itemTable!.map((_, cell) => 1 + cell);
  const model = {
    shape: shapeOf(2),
    parameters: { ...parameters, itemTable },
    itemIds: [a!, b!],
    counts: Float32Array.of(1, 1),
    throughSequence: 1,
  };
  const carried = carryParameters(model, { shape: shapeOf(3), itemIds: [b!, c!, a!], seed: 2 });
  const rowOf = (row: number) => [...carried.itemTable!.subarray(64 * row, 64 * (row + 1))];
  expect(rowOf(0)).toEqual([...itemTable.subarray(64)]);
  expect(rowOf(2)).toEqual([...itemTable.subarray(0, 64)]);
  expect(Math.max(...rowOf(1).map(Math.abs))).toBeLessThan(0.2);
  expect(new Set(rowOf(1)).size).toBeGreaterThan(60);
  expect(carried.positionTable).toEqual(parameters.positionTable);
});
