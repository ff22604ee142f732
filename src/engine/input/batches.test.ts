import { expect, test } from "vitest";
import { batchesOf, mostRows } from "./batches.ts";

test("rows come in their order, as many a batch as a call takes, and the rest in the last", () => {
  const rows = Array.from({ length: 2 * mostRows + 1 }, (_, row) => row);
  const batches = [...batchesOf(rows)];
  expect(batches.map(({ length }) => length)).toEqual([mostRows, mostRows, 1]);
  expect(batches.flat()).toEqual(rows);
  expect([...batchesOf([])]).toEqual([]);
});
