/** A square matrix over the items, most entries of which are 0: of each row the columns that are not, and their values. */
export interface SparseRows {
  readonly columns: readonly Int32Array[];
  readonly values: readonly Float64Array[];
}

/** Place of an item: user u, place p. Both arrays are of one length. */
export interface Places {
  readonly users: readonly number[];
  readonly positions: readonly number[];
}

export function findPlaces(sequences: readonly ArrayLike<number>[], itemCount: number): Places[] {
  const places = Array.from({ length: itemCount }, () => ({
    users: [] as number[],
    positions: [] as number[],
  }));
  for (const [user, sequence] of sequences.entries()) {
    for (let position = 0; position < sequence.length; position++) {
      const place = places[sequence[position]!]!;
      place.users.push(user);
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
  itemCount: number,
  fill: (row: number, add: (column: number, value: number) => void) => void,
): SparseRows {
  const dense = new Float64Array(itemCount);
  const columns: Int32Array[] = [];
  const values: Float64Array[] = [];
  let touched: number[] = [];
  const add = (column: number, value: number) => {
    if (dense[column] === 0) touched.push(column);
    dense[column]! += value;
  };
  for (let row = 0; row < itemCount; row++) {
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
