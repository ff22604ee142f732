import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { multiply } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { gradients } from "./gradients.ts";
import { createGraph, type Graph, input, parameter } from "./graph.ts";
import { gatherRows } from "./indexing.ts";
import { createSession } from "./session.ts";

test("gatherRows puts a row at each index", async () => {
  const build = (graph: Graph) =>
    gatherRows(input(graph, "table", [3, 2]), input(graph, "rows", [2, 2], "int32"));
  expect(build(createGraph()).shape).toEqual([2, 2, 2]);
  const table = Float32Array.of(1, 2, 3, 4, 5, 6);
  const rows = Int32Array.of(2, 0, 2, 1);
  expect(await evaluate(build, { table, rows })).toEqual([5, 6, 1, 2, 5, 6, 3, 4]);
});

test.each([
  { row: [], indices: [4] },
  { row: [2], indices: [4] },
  { row: [2, 2], indices: [2, 2] },
])("the gradient adds up duplicates: rows of %j", async ({ row, indices }) => {
  const shape = [3, ...row];
  const count = 3 * row.reduce((product, length) => product * length, 1);
  await checkGradient({
    build: (graph) => {
      const table = parameter(graph, "table", shape);
      const chosen = gatherRows(table, input(graph, "rows", indices, "int32"));
      return { loss: weightedSum(multiply(chosen, chosen)), parameters: [table] };
    },
    // Row 1 is left out.
    feeds: {
      table: Float64Array.from({ length: count }, (_, i) => Math.cos(i)),
      rows: Int32Array.of(2, 0, 2, 2),
    },
  });
});

test("no duplicate is lost with several threads", async () => {
  const graph = createGraph();
  const table = parameter(graph, "table", [10, 32]);
  const rows = input(graph, "rows", [100_000], "int32");
  const [gradient] = gradients(sum(gatherRows(table, rows)), [table]);
  const session = await createSession(graph, { gradient: gradient! }, { threads: 2 });
  const result = await session.run({
    rows: Int32Array.from({ length: 100_000 }, (_, i) => i % 10),
  });
  await session.close();
  expect(new Set(result.gradient)).toEqual(new Set([10_000]));
});

test("an index outside the table fails the run", async () => {
  const build = (graph: Graph) =>
    gatherRows(input(graph, "table", [2]), input(graph, "rows", [1], "int32"));
  const run = evaluate(build, { table: Float32Array.of(1, 2), rows: Int32Array.of(2) });
  await expect(run).rejects.toThrow(/idx=2/);
});

test("gatherRows refuses a scalar table and real-valued indices", () => {
  const graph = createGraph();
  const scalar = input(graph, "scalar", []);
  const rows = input(graph, "rows", [2], "int32");
  expect(() => gatherRows(scalar, rows)).toThrow("gatherRows: expected a table with rows, got []");
  const table = input(graph, "table", [2, 2]);
  expect(() => gatherRows(table, scalar)).toThrow(
    "gatherRows: expected int32 indices, got float32",
  );
});
