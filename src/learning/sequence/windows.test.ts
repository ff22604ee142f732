import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { cutWindows, packRows, splitBatches } from "./windows.ts";

const sequences = fc.array(fc.array(fc.nat(99), { maxLength: 40 }), { maxLength: 12 });
const lengths = fc.integer({ min: 1, max: 9 });

const targetsOf = (windows: readonly ArrayLike<number>[]) =>
  windows.flatMap((window) => Array.from(window).slice(1)).sort((a, b) => a - b);

test("each item but a sequence's first is a target once, within the length", () => {
  fc.assert(
    fc.property(sequences, lengths, fc.nat(), (drawn, length, seed) => {
      const windows = cutWindows(drawn, length, createRandom(seed));
      expect(targetsOf(windows)).toEqual(targetsOf(drawn));
      for (const window of windows) {
        expect(window.length).toBeGreaterThan(1);
        expect(window.length).toBeLessThanOrEqual(length + 1);
      }
    }),
  );
});

test("long sequences are cut elsewhere with another seed, short ones never", () => {
  const long = [Array.from({ length: 100 }, (_, i) => i)];
  const starts = (seed: number) => cutWindows(long, 10, createRandom(seed)).map((w) => w[0]);
  expect(new Set([1, 2, 3, 4, 5, 6].map((seed) => starts(seed).join())).size).toBeGreaterThan(1);
  expect(cutWindows([[1, 2, 3]], 10, createRandom(1))).toEqual([[1, 2, 3]]);
});

test("packing keeps every window and overfills no row", () => {
  fc.assert(
    fc.property(sequences, lengths, fc.nat(), (drawn, length, seed) => {
      const windows = cutWindows(drawn, length, createRandom(seed));
      const rows = packRows(windows, length, createRandom(seed));
      expect(targetsOf(rows.flat())).toEqual(targetsOf(windows));
      for (const row of rows)
        expect(row.reduce((cells, window) => cells + window.length - 1, 0)).toBeLessThanOrEqual(
          length,
        );
    }),
  );
});

test("packing leaves hardly any cell empty", () => {
  const random = createRandom(8);
  const windows = Array.from({ length: 3000 }, () =>
    Array.from({ length: 2 + random.integer(49) }, () => 0),
  );
  const cells = windows.reduce((sum, window) => sum + window.length - 1, 0);
  expect(cells / (50 * packRows(windows, 50, random).length)).toBeGreaterThan(0.95);
});

test("batches differ by at most one row", () => {
  const rows = Array.from({ length: 11 }, (_, index) => [[index, index]]);
  const batches = splitBatches(rows, 4);
  expect(batches.map((batch) => batch.length)).toEqual([3, 4, 4]);
  expect(batches.flat()).toEqual(rows);
});
