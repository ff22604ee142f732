import { expect, test } from "vitest";
import { buildRows, limitRows } from "./sparse-rows.ts";

const rows = buildRows(3, (row, add) => {
  for (let column = 0; column <= row; column++) add(column, column === 1 ? 5 : 1);
});

test("rows with too many entries keep an equal number of their largest, in their order", () => {
  const { columns, values } = limitRows(rows, 5);
  // Five of six entries, one a row; of equal ones the first.
  expect(columns.map((own) => [...own])).toEqual([[0], [1], [1]]);
  expect(values.map((own) => [...own])).toEqual([[1], [5], [5]]);
});

test("rows with few entries stay as they are", () => {
  expect(limitRows(rows, 6)).toEqual(rows);
});
