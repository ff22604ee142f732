import type { ItemView } from "./policy.ts";

/**
 * Rows of item views, the same in every table of the process, so that a view is looked up once however many networks embed
 * it. Weak: the row of a revision that the catalogue has dropped goes to a new one.
 */
const rows = new WeakMap<ItemView, number>();
const free: number[] = [];
const holders: number[] = [];
const dropped = new FinalizationRegistry<number>((row) => {
  holders[row]!++;
  free.push(row);
});

export function rowOf(view: ItemView): number {
  const known = rows.get(view);
  if (known !== undefined) return known;
  const row = free.pop() ?? holders.push(1) - 1;
  rows.set(view, row);
  dropped.register(view, row);
  return row;
}

const byList = new WeakMap<readonly ItemView[], Int32Array>();

/** Of the items of a list, which must stay as it is. */
export function rowsOf(views: readonly ItemView[]): Int32Array {
  const known = byList.get(views);
  if (known !== undefined) return known;
  const found = new Int32Array(views.length);
  for (let index = 0; index < views.length; index++) found[index] = rowOf(views[index]!);
  byList.set(views, found);
  return found;
}

/** Rows of the largest table. */
export const rowCount = (): number => holders.length;

/** How many views have held a row, from 1. */
export const holderOf = (row: number): number => holders[row]!;

/** A number of each view of a list, which is worked out once a view. */
export function keepByView(
  numberOf: (view: ItemView) => number,
): (views: readonly ItemView[]) => Int32Array {
  let numbers = new Int32Array();
  /** By row: the holder whose number it has. */
  let known = new Uint32Array();
  const reserve = (count: number) => {
    if (count <= known.length) return;
    const size = Math.max(count, Math.ceil(1.5 * known.length));
    const [grown, marks] = [new Int32Array(size), new Uint32Array(size)];
    grown.set(numbers);
    marks.set(known);
    [numbers, known] = [grown, marks];
  };
  return (views) => {
    const rows = rowsOf(views);
    reserve(rowCount());
    return rows.map((row, index) => {
      if (known[row] !== holderOf(row)) {
        numbers[row] = numberOf(views[index]!);
        known[row] = holderOf(row);
      }
      return numbers[row]!;
    });
  };
}
