import { expect, test } from "vitest";
import { evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { gradients } from "./gradients.ts";
import { createGraph, type Graph, input, parameter } from "./graph.ts";
import { matmul, matmulTransposed } from "./linear-algebra.ts";
import { createSession } from "./session.ts";

test("matmul multiplies rows by columns", async () => {
  // [[1, 2], [3, 4]] · [[5], [6]] = [[17], [39]]
  const build = (graph: Graph) => matmul(input(graph, "a", [2, 2]), input(graph, "b", [2, 1]));
  const feeds = { a: Float32Array.of(1, 2, 3, 4), b: Float32Array.of(5, 6) };
  expect(await evaluate(build, feeds)).toEqual([17, 39]);
});

test.each([
  [2, 3],
  [3, 2],
])("the gradient of weights [%d, %d] adds up what many rows have", async (m, n) => {
  const rows = 4096;
  const graph = createGraph("float64");
  const weights = parameter(graph, "weights", [m, n]);
  const loss = weightedSum(matmul(input(graph, "x", [rows, m]), weights));
  const [gradient] = gradients(loss, [weights]);
  const session = await createSession(graph, { gradient: gradient! });
  const x = Float64Array.from({ length: rows * m }, (_, i) => Math.sin(i));
  const result = await session.run({ weights: new Float64Array(m * n), x });
  await session.close();
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      // ∂loss/∂W_ij = Σ_r x_ri·c_rj with the weights c of `weightedSum`.
      let expected = 0;
      for (let row = 0; row < rows; row++) expected += x[row * m + i]! * Math.cos(1 + row * n + j);
      expect(result.gradient![i * n + j]).toBeCloseTo(expected, 9);
    }
});

test("matmul names shapes that do not fit", () => {
  const graph = createGraph();
  const a = input(graph, "a", [2, 3]);
  expect(() => matmul(a, a)).toThrow(
    "matmul: expected [..., m, k] and [..., k, n], got [2, 3] and [2, 3]",
  );
  expect(() => matmul(a, input(graph, "v", [3]))).toThrow("got [2, 3] and [3]");
  const batches = [input(graph, "p", [2, 2, 3]), input(graph, "q", [3, 3, 2])] as const;
  expect(() => matmul(...batches)).toThrow(
    "matmul: expected shapes that broadcast, got [2] and [3]",
  );
  expect(() => matmul(a, input(graph, "i", [3, 2], "int32"))).toThrow(
    "matmul: expected one type, got float32 and int32",
  );
  expect(() => matmulTransposed(a, input(graph, "r", [2, 4]))).toThrow(
    "matmulTransposed: expected [..., m, k] and [..., n, k], got [2, 3] and [2, 4]",
  );
});
