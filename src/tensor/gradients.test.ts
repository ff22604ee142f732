import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { add, multiply } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { exp, sigmoid, stopGradient } from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { type Graph, input, parameter } from "./graph.ts";
import { gatherRows } from "./indexing.ts";
import { slice } from "./layout.ts";
import { logSoftmax } from "./reduction.ts";

test("a value that is used twice gets the sum of its gradients", async () => {
  // f = xy + y, at x = 3, y = 5: ∂f/∂x = y = 5, ∂f/∂y = x + 1 = 4.
  const build = (index: number) => (graph: Graph) => {
    const x = parameter(graph, "x", []);
    const y = parameter(graph, "y", []);
    return gradients(add(multiply(x, y), y), [x, y])[index]!;
  };
  const feeds = { x: Float32Array.of(3), y: Float32Array.of(5) };
  expect(await evaluate(build(0), feeds)).toEqual([5]);
  expect(await evaluate(build(1), feeds)).toEqual([4]);
});

test("the loss itself has gradient 1", async () => {
  const build = (graph: Graph) => {
    const x = parameter(graph, "x", []);
    return gradients(x, [x])[0]!;
  };
  expect(await evaluate(build)).toEqual([1]);
});

test("gradients can be taken with respect to a value in the middle", async () => {
  // d/dz of z² at z = 2x, x = 3 is 2z = 12.
  const build = (graph: Graph) => {
    const z = multiply(parameter(graph, "x", []), 2);
    return gradients(multiply(z, z), [z])[0]!;
  };
  expect(await evaluate(build, { x: Float32Array.of(3) })).toEqual([12]);
});

test("a gradient can be differentiated again", async () => {
  await checkGradient({
    build: (graph) => {
      const table = parameter(graph, "table", [3, 2]);
      const rows = gatherRows(table, input(graph, "rows", [4], "int32"));
      const inner = weightedSum(multiply(sigmoid(rows), logSoftmax(rows)));
      const part = slice(exp(table), { axis: 1, start: 1, end: 2 });
      const [slope] = gradients(add(inner, weightedSum(multiply(part, part))), [table]);
      return { loss: weightedSum(slope!), parameters: [table] };
    },
    feeds: {
      table: Float64Array.of(0.1, -0.4, 0.9, 0.3, -1.2, 0.6),
      rows: Int32Array.of(2, 0, 2, 1),
    },
  });
});

test("a parameter that does not reach the loss is named", () => {
  const build = (graph: Graph) => {
    const used = parameter(graph, "used", []);
    const idle = parameter(graph, "idle", [2]);
    const loss = add(used, sum(stopGradient(idle)));
    return gradients(loss, [used, idle])[0]!;
  };
  return expect(evaluate(build)).rejects.toThrow(
    new RangeError("gradients: idle does not reach the loss"),
  );
});

test("a loss must be a scalar", () => {
  const build = (graph: Graph) => {
    const x = parameter(graph, "x", [2]);
    return gradients(x, [x])[0]!;
  };
  return expect(evaluate(build)).rejects.toThrow("gradients: expected a scalar loss, got [2]");
});

test("a wrong gradient does not pass the check by finite differences", async () => {
  const check = checkGradient({
    build: (graph) => {
      const x = parameter(graph, "x", []);
      return { loss: multiply(x, stopGradient(x)), parameters: [x] };
    },
    feeds: { x: Float64Array.of(3) },
  });
  await expect(check).rejects.toThrow(/^gradient of x\[0\]: 3, by differences 5\.9999/);
});
