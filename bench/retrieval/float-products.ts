import { nthLargest } from "../../src/numeric/nth-largest.ts";
import { createGraph, input } from "../../src/tensor/graph.ts";
import { matmul } from "../../src/tensor/linear-algebra.ts";
import { createSession } from "../../src/tensor/session.ts";

/** Relative error of one operation in float32. */
const unit = 2 ** -24;

/** The way before products of bytes: float32 products of all items within a known error, and those that can be among the best. */
export async function openFloatProducts(table: Float32Array, width: number) {
  const graph = createGraph();
  const rows = input(graph, "table", [table.length / width, width]);
  const products = matmul(rows, input(graph, "vector", [width, 1]));
  const session = await createSession(graph, { products });
  const lengthOf = (vector: Float32Array) => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  let longest = 0;
  for (let start = 0; start < table.length; start += width)
    longest = Math.max(longest, lengthOf(table.subarray(start, start + width)));
  const relative = (width * unit) / (1 - width * unit);
  return {
    find: async (vector: Float32Array, count: number): Promise<readonly number[]> => {
      const { products: found } = await session.run({ table, vector });
      const scores = Float64Array.from(found!);
      const least = nthLargest(scores, count - 1) - 2 * relative * lengthOf(vector) * longest;
      const indices: number[] = [];
      for (let index = 0; index < scores.length; index++)
        if (scores[index]! >= least) indices.push(index);
      return indices;
    },
    close: () => session.close(),
  };
}
