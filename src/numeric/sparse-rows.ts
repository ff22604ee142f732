/** A square matrix, most entries of which are 0: of each row the columns that are not, ascending, and their values. */
export interface SparseRows {
  readonly columns: readonly Int32Array[];
  readonly values: readonly Float64Array[];
}

/** Places of a number in sequences: of each its sequence and its position there. Both arrays are of one length. */
export interface Places {
  readonly sequences: readonly number[];
  readonly positions: readonly number[];
}

/** @param count numbers are 0 … count − 1 */
export function findPlaces(sequences: readonly ArrayLike<number>[], count: number): Places[] {
  const places = Array.from({ length: count }, () => ({
    sequences: [] as number[],
    positions: [] as number[],
  }));
  for (const [index, sequence] of sequences.entries()) {
    for (let position = 0; position < sequence.length; position++) {
      const place = places[sequence[position]!]!;
      place.sequences.push(index);
      place.positions.push(position);
    }
  }
  return places;
}

/**
 * Row by row through one dense row, so that the matrix is never held whole.
 * @param fill adds its row's entries by `add(column, value)`, values above 0
 */
export function buildRows(
  count: number,
  fill: (row: number, add: (column: number, value: number) => void) => void,
): SparseRows {
  const dense = new Float64Array(count);
  const columns: Int32Array[] = [];
  const values: Float64Array[] = [];
  let touched: number[] = [];
  const add = (column: number, value: number) => {
    if (dense[column] === 0) touched.push(column);
    dense[column]! += value;
  };
  for (let row = 0; row < count; row++) {
    touched = [];
    fill(row, add);
    const own = Int32Array.from(touched).sort();
    columns.push(own);
    values.push(Float64Array.from(own, (column) => dense[column]!));
    for (const column of own) dense[column] = 0;
  }
  return { columns, values };
}

/** scores += weight · row. */
export function addRow(
  scores: Float64Array,
  { columns, values }: SparseRows,
  { row, weight }: { readonly row: number; readonly weight: number },
): void {
  const own = columns[row]!;
  const entries = values[row]!;
  for (let index = 0; index < own.length; index++) scores[own[index]!]! += weight * entries[index]!;
}

/**
 * The same rows with at most about `most` entries: if there are more, each row keeps an equal number
 * of its largest; of equal ones those that come first.
 */
export function limitRows({ columns, values }: SparseRows, most: number): SparseRows {
  const total = columns.reduce((sum, { length }) => sum + length, 0);
  if (total <= most) return { columns, values };
  const each = Math.max(1, Math.floor(most / columns.length));
  const places = values.map((own) => {
    const falling = Array.from(own.keys()).sort((a, b) => own[b]! - own[a]! || a - b);
    return falling.slice(0, each).sort((a, b) => a - b);
  });
  return {
    columns: columns.map((own, row) => Int32Array.from(places[row]!, (place) => own[place]!)),
    values: values.map((own, row) => Float64Array.from(places[row]!, (place) => own[place]!)),
  };
}
