import { expect, test } from "vitest";
import { evaluate } from "../../tests/support/check-gradient.ts";
import { add } from "./arithmetic.ts";
import { constant, createGraph, input } from "./graph.ts";
import { concat } from "./layout.ts";

test("an input's name is declared once and does not start with %", () => {
  const graph = createGraph();
  input(graph, "x", [2]);
  expect(() => input(graph, "x", [2])).toThrow("input x is declared twice in one graph");
  expect(() => input(graph, "%1", [2])).toThrow("input %1: names with % are the graph's own");
});

test("a constant needs as many values as its shape has elements", () => {
  const graph = createGraph();
  expect(() => constant(graph, [1, 2, 3], [2, 2])).toThrow(
    new RangeError("constant of shape [2, 2] got 3 values"),
  );
});

test("a constant keeps the values it was given", async () => {
  const values = Float32Array.of(1, 2);
  const result = await evaluate((graph) => {
    const value = constant(graph, values, [2]);
    values.fill(0);
    return value;
  });
  expect(result).toEqual([1, 2]);
});

test("values of different graphs do not meet", () => {
  const left = input(createGraph(), "x", [2]);
  const right = input(createGraph(), "y", [2]);
  expect(() => add(left, right)).toThrow("Add: its inputs are values of different graphs");
  expect(() => concat([left, right], 0)).toThrow("different graphs");
});

test("values of different types do not meet", () => {
  const graph = createGraph();
  const real = input(graph, "x", [2]);
  const whole = input(graph, "i", [2], "int32");
  expect(() => add(real, whole)).toThrow("add: expected one type, got float32 and int32");
});
