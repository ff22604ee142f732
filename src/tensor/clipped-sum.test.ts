import { expect, test } from "vitest";
import { multiply } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { createClippedSum } from "./clipped-sum.ts";
import { createGraph, input, parameter } from "./graph.ts";
import { slice } from "./layout.ts";

/** Losses w·x_g, whose gradients are the rows x_g. */
async function sumRows(rows: readonly (readonly number[])[], bound: number) {
  const graph = createGraph();
  const w = parameter(graph, "w", [1, 2]);
  const x = input(graph, "x", [rows.length, 2]);
  const losses = rows.map((_, g) => sum(multiply(w, slice(x, { axis: 0, start: g, end: g + 1 }))));
  const clipped = await createClippedSum({ graph, losses, parameters: [w], bound, threads: 1 });
  const feeds = { x: Float32Array.from(rows.flat()), w: Float32Array.of(1, 1) };
  return clipped.run(feeds).finally(clipped.close);
}

test("each gradient is clipped on its own before they are added up", async () => {
  const { slopes, loss } = await sumRows(
    [
      [3, 4],
      [0.3, 0.4],
      [0, 0],
    ],
    1,
  );
  expect(slopes[0]).toBeCloseTo(0.6 + 0.3, 4);
  expect(slopes[1]).toBeCloseTo(0.8 + 0.4, 4);
  expect(loss).toBeCloseTo(7.7, 5);
});

test("no example moves the sum by more than the bound, rounding included", async () => {
  for (const size of [1e-6, 1, 7, 1e6, 1e18]) {
    const { slopes } = await sumRows([[size, -size / 3]], 0.7);
    expect(Math.hypot(...slopes)).toBeLessThanOrEqual(0.7);
  }
});
