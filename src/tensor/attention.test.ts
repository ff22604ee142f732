import fc from "fast-check";
import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { createRandom, type RandomStream } from "../numeric/random.ts";
import { attention, causalSpans, presenceMask } from "./attention.ts";
import { createGraph, type Graph, input, type Precision, parameter } from "./graph.ts";
import { elementCount, type Shape } from "./shape.ts";

const names = ["queries", "keys", "values"] as const;

function build(
  graph: Graph<Precision>,
  shape: Shape,
  { heads, spans: count }: { readonly heads: number; readonly spans: number },
) {
  const [queries, keys, values] = names.map((name) => parameter(graph, name, shape));
  const spans = causalSpans(input(graph, "segments", shape.slice(0, 2), "int32"), count);
  const result = attention({ queries: queries!, keys: keys!, values: values!, spans, heads });
  return { result, parameters: [queries!, keys!, values!] };
}

function randomFeeds(shape: Shape, random: RandomStream) {
  const [batch = 0, length = 0] = shape;
  const segments = Int32Array.from({ length: batch * length }, () => random.integer(2));
  const normals = () => Float64Array.from({ length: elementCount(shape) }, () => random.normal());
  return { queries: normals(), keys: normals(), values: normals(), segments };
}

/** The docstring's formula, element by element. */
function byDefinition(feeds: ReturnType<typeof randomFeeds>, shape: Shape, heads: number) {
  const [batch = 0, length = 0, width = 0] = shape;
  const { queries, keys, values, segments } = feeds;
  const part = width / heads;
  const result = new Float64Array(elementCount(shape));
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < length; i++)
      for (let head = 0; head < heads; head++) {
        const at = (position: number, d: number) =>
          (b * length + position) * width + head * part + d;
        const open = Array.from({ length: i + 1 }, (_, j) => j).filter(
          (j) => segments[b * length + j] === segments[b * length + i],
        );
        const scores = open.map((j) => {
          let dot = 0;
          for (let d = 0; d < part; d++) dot += queries[at(i, d)]! * keys[at(j, d)]!;
          return Math.exp(dot / Math.sqrt(part));
        });
        const total = scores.reduce((sum, score) => sum + score, 0);
        for (const [place, j] of open.entries())
          for (let d = 0; d < part; d++)
            result[at(i, d)]! += (scores[place]! / total) * values[at(j, d)]!;
      }
  return result;
}

test("attention and its gradients are right for random shapes, heads, segments and spans", async () => {
  const draw = fc.tuple(
    fc.integer({ min: 1, max: 2 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 2 }),
    fc.integer({ min: 1, max: 2 }),
    fc.integer({ min: 1, max: 3 }),
    fc.nat(),
  );
  await fc.assert(
    fc.asyncProperty(draw, async ([batch, length, heads, part, most, seed]) => {
      const shape = [batch, length, heads * part];
      const feeds = randomFeeds(shape, createRandom(seed));
      const form = { heads, spans: Math.min(most, length) };
      const got = await evaluate((graph) => build(graph, shape, form).result, {
        queries: Float32Array.from(feeds.queries),
        keys: Float32Array.from(feeds.keys),
        values: Float32Array.from(feeds.values),
        segments: feeds.segments,
      });
      const expected = byDefinition(feeds, shape, heads);
      // Some ten float32 operations on numbers below 4.
      for (const [index, value] of got.entries())
        expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-5);
      await checkGradient({
        build: (graph) => {
          const { result, parameters } = build(graph, shape, form);
          return { loss: weightedSum(result), parameters };
        },
        feeds,
      });
    }),
    { numRuns: 12 },
  );
});

test("a span has the keys up to its last query, and each query those up to its own", async () => {
  const [, last] = causalSpans(input(createGraph(), "segments", [1, 5], "int32"), 2);
  expect(last).toMatchObject({ queries: 2, keys: 5 });
  const mask = await evaluate(
    (graph) => causalSpans(input(graph, "segments", [1, 5], "int32"), 2)[1]!.mask,
    { segments: Int32Array.of(0, 1, 1, 1, 1) },
  );
  const open = mask.map((logit) => (logit === 0 ? 1 : 0));
  expect(open).toEqual([0, 1, 1, 1, 0, 0, 1, 1, 1, 1]);
  expect(mask.every((logit) => logit === 0 || logit < -1e8)).toBe(true);
});

test("a value that is key and value at once gets both gradients", async () => {
  await checkGradient({
    build: (graph) => {
      const [queries, both] = ["queries", "both"].map((name) => parameter(graph, name, [2, 3, 2]));
      const spans = causalSpans(input(graph, "segments", [2, 3], "int32"), 2);
      const result = attention({ queries: queries!, keys: both!, values: both!, spans, heads: 1 });
      return { loss: weightedSum(result), parameters: [queries!, both!] };
    },
    feeds: {
      queries: Float64Array.from({ length: 12 }, (_, i) => Math.sin(i)),
      both: Float64Array.from({ length: 12 }, (_, i) => Math.cos(2 * i)),
      segments: Int32Array.of(1, 1, 1, 1, 2, 2),
    },
  });
});

test("attention and its masks name the shapes that they refuse", () => {
  const graph = createGraph();
  const value = input(graph, "x", [2, 3, 4]);
  const other = input(graph, "y", [2, 3, 2]);
  const spans = causalSpans(input(graph, "segments", [2, 3], "int32"), 1);
  const shared = { spans, heads: 3 };
  expect(() => attention({ queries: value, keys: other, values: value, ...shared })).toThrow(
    "attention: expected [batch, queries, width] and two of [batch, length, width], got [2, 3, 4] and [2, 3, 2] and [2, 3, 4]",
  );
  expect(() => attention({ queries: value, keys: value, values: value, ...shared })).toThrow(
    "attention: expected a width that 3 heads divide, got [2, 3, 4]",
  );
  expect(() => causalSpans(value, 1)).toThrow(
    "causalSpans: expected int32 [batch, length], got [2, 3, 4]",
  );
  expect(() => presenceMask(value)).toThrow("presenceMask: expected int32 [batch, length]");
});
