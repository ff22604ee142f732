import { createRequire } from "node:module";

/** The parts of the package `usearch` that are used here. */
interface Usearch {
  readonly Index: new (
    options: Readonly<Record<string, number | string | boolean>>,
  ) => {
    add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
    search(vector: Float32Array, count: number, threads: number): { readonly keys: BigUint64Array };
  };
}

/** Undefined if it is not installed, or not for this machine. */
export function findUsearch(): Usearch | undefined {
  try {
    return createRequire(import.meta.url)("usearch") as Usearch;
  } catch {
    return undefined;
  }
}

/** A graph of near neighbours by inner product (HNSW), of vectors as bytes. */
export function buildGraphIndex(
  { Index }: Usearch,
  table: Float32Array,
  { width, expansion }: { readonly width: number; readonly expansion: number },
) {
  const index = new Index({
    dimensions: width,
    metric: "ip",
    quantization: "f16",
    connectivity: 16,
    expansion_add: 128,
    expansion_search: expansion,
    multi: false,
  });
  const batch = 10_000;
  for (let start = 0; start * width < table.length; start += batch) {
    const vectors = table.subarray(start * width, (start + batch) * width);
    const keys = BigUint64Array.from({ length: vectors.length / width }, (_, at) =>
      BigInt(start + at),
    );
    index.add(keys, vectors, 2);
  }
  return (vector: Float32Array, count: number): readonly number[] =>
    Array.from(index.search(vector, count, 1).keys, Number);
}
