/** Vectors of one width, one after the other. */
export interface VectorRows {
  readonly values: Float32Array;
  /** Numbers of a vector. */
  readonly width: number;
}

/** A copy of some vectors, at least one of which tells the width. */
export function packVectors(vectors: readonly ArrayLike<number>[]): VectorRows {
  const width = vectors[0]?.length ?? 0;
  const values = new Float32Array(vectors.length * width);
  for (const [index, vector] of vectors.entries()) values.set(vector, index * width);
  return { values, width };
}

/** The vectors one by one, on the same numbers. */
export const vectorsOf = ({ values, width }: VectorRows): Float32Array[] =>
  Array.from({ length: width === 0 ? 0 : values.length / width }, (_, row) =>
    values.subarray(row * width, (row + 1) * width),
  );
