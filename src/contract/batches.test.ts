import { expect, test } from "vitest";
import { copyJson } from "../engine/input/copy-json.ts";
import { batchesOf, maxBytes, maxValues, mostRows } from "./batches.ts";

const lengths = (rows: readonly unknown[]) => [...batchesOf(rows)].map(({ length }) => length);

test("rows come in their order, as many a batch as a call takes, and the rest in the last", () => {
  const rows = Array.from({ length: 2 * mostRows + 1 }, (_, row) => row);
  const batches = [...batchesOf(rows)];
  expect(batches.map(({ length }) => length)).toEqual([mostRows, mostRows, 1]);
  expect(batches.flat()).toEqual(rows);
  expect([...batchesOf([])]).toEqual([]);
});

test("long descriptions make smaller batches, which a body and a call take", () => {
  const rows = Array.from({ length: 300 }, (_, row) => ({
    itemId: `${row}`,
    attributes: { description: '"é" from the hills, '.repeat(500) },
  }));
  const batches = [...batchesOf(rows)];
  expect(batches.flat()).toEqual(rows);
  for (const items of batches) {
    const body = JSON.stringify({ items });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(maxBytes);
    expect(copyJson({ items })).toEqual({ items });
  }
  expect(Buffer.byteLength(JSON.stringify(batches[0]))).toBeGreaterThan(0.95 * maxBytes);
});

test("embeddings make smaller batches too", () => {
  const rows = Array.from({ length: 500 }, () => ({ embedding: Array(999).fill(0) }));
  expect(lengths(rows)).toEqual([99, 99, 99, 99, 99, 5]);
  for (const items of batchesOf(rows)) expect(copyJson({ items })).toEqual({ items });
  expect(500 * 999).toBeGreaterThan(maxValues);
});

test("a row that no call takes is left to its call", () => {
  const large = "x".repeat(maxBytes);
  expect(lengths([1, large, 2])).toEqual([1, 1, 1]);
  expect(lengths([1n, undefined, () => 0])).toEqual([3]);
});
