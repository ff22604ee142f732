import { expect, test } from "vitest";
import { multiplyRows } from "./multiply-rows.ts";
import { createRandom } from "./random.ts";

const random = createRandom(3);
const stride = 7;
const values = Float32Array.from({ length: 20 * stride }, () => random.normal());
const vector = Float64Array.from({ length: 5 }, () => random.normal());

/** One after the other, as the definition says. */
const product = (row: number, start: number) =>
  vector.reduce((sum, x, i) => sum + x * values[row * stride + start + i]!, 0);

test.each([0, 1, 3, 4, 5, 8, 11])(
  "%i rows have the products of their own, bit for bit",
  (count) => {
    const rows = Int32Array.from({ length: count }, () => random.integer(20));
    const found = multiplyRows({ values, stride, start: 2 }, rows, vector);
    expect([...found]).toEqual(Array.from(rows, (row) => product(row, 2)));
  },
);

test("columns start at the first where nothing else is said", () => {
  const rows = Int32Array.of(19, 0, 19, 7, 2);
  expect([...multiplyRows({ values, stride }, rows, vector)]).toEqual(
    Array.from(rows, (row) => product(row, 0)),
  );
});
