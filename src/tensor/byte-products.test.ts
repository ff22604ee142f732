import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { type ByteShape, createByteMultiplier } from "./byte-products.ts";

const random = createRandom(1);

function draw({ rows, width, columns }: ByteShape, largest: number) {
  const weight = () => random.integer(2 * largest + 1) - largest;
  return {
    table: Uint8Array.from({ length: rows * width }, () => random.integer(256)),
    vectors: Int8Array.from({ length: width * columns }, weight),
  };
}

test.each([1, 4, 16])(
  "products with %i vectors are exact integers, and so are the maxima of groups",
  async (columns) => {
    const shape = { rows: 96, width: 101, columns, group: 32 };
    const multiplier = await createByteMultiplier(shape);
    const { table, vectors } = draw(shape, multiplier.largestWeight);
    const { products, maxima } = await multiplier.multiply(table, vectors);
    const expected = Int32Array.from({ length: 96 * columns }, (_, cell) => {
      const [row, column] = [Math.floor(cell / columns), cell % columns];
      let sum = 0;
      for (let i = 0; i < 101; i++) sum += table[row * 101 + i]! * vectors[i * columns + column]!;
      return sum;
    });
    expect(products).toEqual(expected);
    const largest = (group: number, column: number) =>
      Math.max(
        ...Array.from({ length: 32 }, (_, row) => expected[(32 * group + row) * columns + column]!),
      );
    expect(maxima).toEqual(
      Int32Array.from({ length: 3 * columns }, (_, cell) =>
        largest(Math.floor(cell / columns), cell % columns),
      ),
    );
    await multiplier.close();
  },
);

test("a table of another size is refused", async () => {
  const multiplier = await createByteMultiplier({ rows: 32, width: 4, columns: 1, group: 32 });
  await expect(multiplier.multiply(new Uint8Array(4), new Int8Array(4))).rejects.toThrow(
    /size|length/,
  );
  await multiplier.close();
});
