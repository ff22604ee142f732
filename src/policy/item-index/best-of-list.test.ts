import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import {
  type BestOfList,
  comparedRows,
  createBestOfList,
  rowsFound,
  visitBlock,
} from "./best-of-list.ts";

const groups = 40;
const rowCount = groups * comparedRows;
const columns = 4;
const column = 1;
const range = { least: -60_000, most: 60_000 };

function drawProducts(seed: number) {
  const random = createRandom(seed);
  const products = Int32Array.from({ length: rowCount * columns }, () => {
    const product = Math.round(10_000 * random.normal());
    return Math.max(range.least, Math.min(range.most, product));
  });
  const maxima = new Int32Array(groups * columns).fill(range.least);
  for (const [cell, product] of products.entries()) {
    const own = Math.floor(cell / columns / comparedRows) * columns + (cell % columns);
    maxima[own] = Math.max(maxima[own]!, product);
  }
  return { products, maxima };
}

/** Every second row belongs to the list, in reverse order; row 0 was in it once. */
function listRows() {
  const rows = Int32Array.from({ length: rowCount / 2 }, (_, index) => rowCount - 1 - 2 * index);
  const indices = new Int32Array(rowCount).fill(-1);
  for (const [index, row] of rows.entries()) indices[row] = index;
  indices[0] = 0;
  return { rows, indices };
}

/** As the second list of a run: the first one wants a single row, and the other columns belong to nobody. */
function visit(best: BestOfList, drawn: ReturnType<typeof drawProducts>, firstRow: number) {
  const first = createBestOfList(listRows(), { count: 1, margin: 0, range, skipped: [] });
  visitBlock([first, best], drawn, { columns, firstRow });
}

test("the rows found are those of the list that can be among the best, and few others", () => {
  const list = listRows();
  for (let seed = 0; seed < 20; seed++) {
    const drawn = drawProducts(seed);
    const productOf = (row: number) => drawn.products[row * columns + column]!;
    const skipped = [...list.rows].filter((row) => productOf(row) > 20_000);
    const options = { count: 30, margin: 2000, range, skipped };
    const best = createBestOfList(list, options);
    visit(best, drawn, 0);
    const found = rowsFound(best);
    expect(found.products).toEqual(found.rows.map(productOf));
    const compared = [...list.rows].filter((row) => !skipped.includes(row));
    const sorted = compared.map(productOf).sort((left, right) => right - left);
    const least = sorted[options.count - 1]! - options.margin;
    const ascending = (rows: Iterable<number>) => [...rows].sort((left, right) => left - right);
    expect(ascending(found.rows.filter((row) => productOf(row) >= least))).toEqual(
      ascending(compared.filter((row) => productOf(row) >= least)),
    );
    // The cut is below by no more than a part of the range.
    expect(best.cut).toBeLessThanOrEqual(least);
    expect(best.cut).toBeGreaterThan(least - (range.most - range.least) / 2048);
    expect(found.rows.every((row) => compared.includes(row))).toBe(true);
    expect(found.products.every((product) => product >= best.cut)).toBe(true);
  }
});

test("of fewer rows than are wanted all are found, from the second block on as well", () => {
  const list = listRows();
  const drawn = drawProducts(1);
  const options = { count: rowCount, margin: 0, range, skipped: [rowCount - 1] };
  const best = createBestOfList(list, options);
  visit(best, drawn, rowCount);
  expect(rowsFound(best).rows.length).toBe(0);
  visit(best, drawn, 0);
  expect(rowsFound(best).rows.length).toBe(list.rows.length - 1);
});

test("more rows than there was room for at first are all found", () => {
  const list = listRows();
  const drawn = drawProducts(2);
  const best = createBestOfList(list, { count: 2, margin: 200_000, range, skipped: [] });
  visit(best, drawn, 0);
  expect(rowsFound(best).rows.slice().sort()).toEqual(list.rows.slice().sort());
});
