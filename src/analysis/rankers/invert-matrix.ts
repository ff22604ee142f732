import { factorise } from "../../numeric/cholesky.ts";
import { add, subtract } from "../../tensor/arithmetic.ts";
import { createGraph, type Graph, input, type Value } from "../../tensor/graph.ts";
import { transpose } from "../../tensor/layout.ts";
import { matmul } from "../../tensor/linear-algebra.ts";
import { createSession } from "../../tensor/session.ts";

/** Up to this size Cholesky in float64 is as fast as the code below. */
const leafSize = 192;

/**
 * Inverse of a symmetric positive definite matrix by halves: with U = B·A⁻¹ and the Schur
 * complement S = D − U·Bᵀ,
 *
 *     [A Bᵀ; B D]⁻¹ = [A⁻¹ + Uᵀ·S⁻¹·U  −Uᵀ·S⁻¹; −S⁻¹·U  S⁻¹]
 *
 * (Strassen 1969; Golub & Van Loan 2013, section 3.2). Products run on ONNX Runtime in float32,
 * leaves in float64, so the relative error grows as the condition number times 6e-8.
 *
 * @param matrix size × size, row-major
 * @throws RangeError if it isn't positive definite
 */
export async function invertMatrix(
  matrix: Float32Array,
  size: number,
  threads: number,
): Promise<Float32Array> {
  if (size <= leafSize) return invertLeaf(matrix, size);
  const n = Math.ceil(size / 2);
  const m = size - n;
  const run = createRunner(threads);
  const inverseA = await invertMatrix(copyBlock(matrix, size, [0, n, 0, n]), n, threads);
  const { u, s } = await run(
    (take) => {
      const b = take("b", m, n);
      const u = matmul(b, take("inverseA", n, n));
      return { u, s: subtract(take("d", m, m), matmul(u, transpose(b, [1, 0]))) };
    },
    {
      inverseA,
      b: copyBlock(matrix, size, [n, size, 0, n]),
      d: copyBlock(matrix, size, [n, size, n, size]),
    },
  );
  const inverseS = await invertMatrix(s!, m, threads);
  const { upper, lower } = await run(
    (take) => {
      const u = take("u", m, n);
      const product = matmul(take("inverseS", m, m), u);
      return {
        // (S⁻¹·U)ᵀ·U and not Uᵀ·(S⁻¹·U): ONNX Runtime 1.30 refuses a graph whose output is the right side of that product.
        upper: add(take("inverseA", n, n), matmul(transpose(product, [1, 0]), u)),
        lower: product,
      };
    },
    { inverseA, inverseS, u: u! },
  );
  return join(upper!, lower!, inverseS, { n, m });
}

/** Runs a graph once on one set of arrays. */
const createRunner =
  (threads: number) =>
  async (
    build: (take: (name: string, rows: number, columns: number) => Value) => Record<string, Value>,
    feeds: Readonly<Record<string, Float32Array>>,
  ): Promise<Record<string, Float32Array>> => {
    const graph: Graph = createGraph();
    const outputs = build((name, rows, columns) => input(graph, name, [rows, columns]));
    const session = await createSession(graph, outputs, { threads });
    try {
      return await session.run(feeds);
    } finally {
      await session.close();
    }
  };

function invertLeaf(matrix: Float32Array, size: number): Float32Array {
  const solve = factorise(Float64Array.from(matrix), size);
  const inverse = new Float32Array(size * size);
  for (let column = 0; column < size; column++) {
    const unit = new Float64Array(size);
    unit[column] = 1;
    // The inverse is symmetric, so a column may stand as a row.
    inverse.set(solve(unit), column * size);
  }
  return inverse;
}

/** Rows and columns from … to, the ends left out. */
function copyBlock(
  matrix: Float32Array,
  size: number,
  [rowStart, rowEnd, columnStart, columnEnd]: readonly [number, number, number, number],
): Float32Array {
  const width = columnEnd - columnStart;
  const block = new Float32Array((rowEnd - rowStart) * width);
  for (let row = rowStart; row < rowEnd; row++) {
    const start = row * size;
    block.set(matrix.subarray(start + columnStart, start + columnEnd), (row - rowStart) * width);
  }
  return block;
}

/** [upper, −lowerᵀ; −lower, inverseS], n × n above m × m. */
function join(
  upper: Float32Array,
  lower: Float32Array,
  inverseS: Float32Array,
  { n, m }: { readonly n: number; readonly m: number },
): Float32Array {
  const size = n + m;
  const whole = new Float32Array(size * size);
  for (let row = 0; row < n; row++) whole.set(upper.subarray(row * n, (row + 1) * n), row * size);
  for (let row = 0; row < m; row++) {
    const start = (n + row) * size;
    whole.set(inverseS.subarray(row * m, (row + 1) * m), start + n);
    for (let column = 0; column < n; column++) {
      const value = -lower[row * n + column]!;
      whole[start + column] = value;
      whole[column * size + n + row] = value;
    }
  }
  return whole;
}
