import { type RandomStream, shuffle } from "../../numeric/random.ts";
import { isTarget } from "./codes.ts";

/**
 * A stretch of a sequence: each item but the last is seen, each target but the first is to be
 * predicted.
 */
export type Window = ArrayLike<number>;

/** Windows that share a row of a batch, each a segment of its own. */
export type PackedRow = readonly Window[];

/** Rows that wait for windows that fill them. */
const openRows = 64;

/**
 * All sequences cut into windows of at most `length` + 1 items. Neighbouring windows share one item, so that each item but
 * a sequence's first is in its place once; windows without a target are left out. The newest window is cut short by a random part, so that windows start elsewhere
 * each epoch.
 */
export function cutWindows(
  sequences: readonly ArrayLike<number>[],
  length: number,
  random: RandomStream,
): Window[] {
  const windows: Window[] = [];
  for (const sequence of sequences) {
    let end = sequence.length;
    let size = end > length + 1 ? length - random.integer(Math.ceil(length / 2)) : length;
    while (end > 1) {
      const start = Math.max(0, end - 1 - size);
      const window = Array.prototype.slice.call(sequence, start, end) as number[];
      if (window.some((code, index) => index > 0 && isTarget(code))) windows.push(window);
      end = start + 1;
      size = length;
    }
  }
  return windows;
}

interface OpenRow {
  free: number;
  readonly windows: Window[];
}

/**
 * Windows in random order, packed into rows of `length` cells, first fit: a batch then has hardly any padding (Krell et al.
 * 2021, arXiv:2107.02027). A window takes one cell less than it has items.
 */
export function packRows(
  windows: readonly Window[],
  length: number,
  random: RandomStream,
): PackedRow[] {
  const open: OpenRow[] = [];
  const rows: OpenRow[] = [];
  for (const window of shuffle([...windows], random)) {
    const cells = window.length - 1;
    let row = open.find(({ free }) => free >= cells);
    if (row === undefined) {
      row = { free: length, windows: [] };
      open.push(row);
    }
    row.windows.push(window);
    row.free -= cells;
    if (row.free === 0) rows.push(...open.splice(open.indexOf(row), 1));
    else if (open.length > openRows) rows.push(open.shift()!);
  }
  return shuffle([...rows, ...open], random).map((row) => row.windows);
}

/** Rows in batches of at most `size`, as even as can be. */
export function splitBatches(rows: readonly PackedRow[], size: number): PackedRow[][] {
  const count = Math.ceil(rows.length / size);
  return Array.from({ length: count }, (_, index) =>
    rows.slice(
      Math.floor((index * rows.length) / count),
      Math.floor(((index + 1) * rows.length) / count),
    ),
  );
}
