import { expect, test } from "vitest";
import { checkGradient, weightedSum } from "../../../tests/support/check-gradient.ts";
import { createRandom } from "../../numeric/random.ts";
import { createGraph, input, parameter } from "../../tensor/graph.ts";
import { createSession } from "../../tensor/session.ts";
import { createEncoder, declareHistories, encodeNewest } from "./encoder.ts";
import { createHistoryFeeds, writeHistory } from "./history-batch.ts";
import { createTransformer, transformerParameters } from "./parameters.ts";
import type { TransformerShape } from "./shape.ts";

const shape: TransformerShape = {
  items: 9,
  width: 4,
  blocks: 2,
  heads: 2,
  length: 6,
  feedForward: "swiglu",
};

const size = { rows: 2, length: shape.length };

function declareParameters(graph: ReturnType<typeof createGraph>, network: TransformerShape) {
  return Object.fromEntries(
    Object.entries(transformerParameters(network)).map(([name, spec]) => [
      name,
      parameter(graph, name, spec.shape),
    ]),
  );
}

interface Placed {
  readonly items: readonly number[];
  readonly row: number;
  readonly start: number;
  readonly segment: number;
}

/** States by cell, of histories at places of two rows. */
async function encode(histories: readonly Placed[]): Promise<readonly (readonly number[])[]> {
  const graph = createGraph();
  const values = declareParameters(graph, shape);
  const states = createEncoder(values, shape)(declareHistories(graph, size));
  const session = await createSession(graph, { states });
  const feeds = createHistoryFeeds(2 * shape.length);
  for (const { items, row, start, segment } of histories)
    writeHistory(feeds, items, { start: row * shape.length + start, segment });
  const { parameters } = createTransformer(shape, createRandom(1));
  const result = await session.run({ ...parameters, ...feeds });
  await session.close();
  return Array.from({ length: 2 * shape.length }, (_, cell) => [
    ...result.states!.subarray(cell * shape.width, (cell + 1) * shape.width),
  ]);
}

test("a state depends on the items up to its own and on none after", async () => {
  const place = { row: 0, start: 0, segment: 1 };
  const states = await encode([{ ...place, items: [1, 2, 3, 4] }]);
  const changed = await encode([{ ...place, items: [1, 2, 8, 4] }]);
  expect(changed.slice(0, 2)).toEqual(states.slice(0, 2));
  expect(changed[2]).not.toEqual(states[2]);
  expect(changed[3]).not.toEqual(states[3]);
});

test("the order of the items counts", async () => {
  const place = { row: 0, start: 0, segment: 1 };
  const states = await encode([{ ...place, items: [1, 2, 3] }]);
  const turned = await encode([{ ...place, items: [2, 1, 3] }]);
  expect(turned[2]).not.toEqual(states[2]);
});

test("histories that share a row are encoded as if each had one of its own", async () => {
  const alone = await encode([
    { items: [1, 2, 3], row: 0, start: 0, segment: 1 },
    { items: [4, 5], row: 1, start: 0, segment: 1 },
  ]);
  const packed = await encode([
    { items: [1, 2, 3], row: 0, start: 0, segment: 1 },
    { items: [4, 5], row: 0, start: 3, segment: 2 },
  ]);
  const close = (states: readonly (readonly number[])[]) =>
    states.map((state) => state.map((value) => expect.closeTo(value, 5)));
  expect(packed.slice(0, 5)).toEqual(close([...alone.slice(0, 3), ...alone.slice(6, 8)]));
});

test("the newest state alone is the last of all states", async () => {
  const history = [5, 1, 2, 7];
  const all = await encode([{ items: history, row: 0, start: 0, segment: 1 }]);
  const graph = createGraph();
  const cells = [1, shape.length, shape.width];
  const segments = input(graph, "segments", [1, shape.length], "int32");
  const parameters = declareParameters(graph, shape);
  const newest = encodeNewest(input(graph, "embedded", cells), (name) => parameters[name]!, {
    shape,
    segments,
  });
  const session = await createSession(graph, { newest });
  const model = createTransformer(shape, createRandom(1));
  const { itemTable, positionTable } = model.parameters;
  // Right-aligned: cells before the first event hold something that must not count.
  const embedded = new Float32Array(shape.length * shape.width).fill(3);
  const free = shape.length - history.length;
  for (const [place, item] of history.entries())
    for (let i = 0; i < shape.width; i++)
      embedded[(free + place) * shape.width + i] =
        itemTable![item * shape.width + i]! + positionTable![place * shape.width + i]!;
  const feeds = { embedded, segments: Int32Array.of(0, 0, 1, 1, 1, 1) };
  const result = await session.run({ ...model.parameters, ...feeds });
  await session.close();
  expect([...result.newest!]).toEqual(all[3]!.map((value) => expect.closeTo(value, 5)));
});

test.each(["relu", "gelu", "swiglu"] as const)(
  "the gradients of an encoder with %s are right",
  async (feedForward) => {
    const network = { ...shape, blocks: 1, feedForward };
    const { parameters } = createTransformer(network, createRandom(2));
    const feeds = createHistoryFeeds(2 * shape.length);
    writeHistory(feeds, [1, 2, 1], { start: 0, segment: 1 });
    writeHistory(feeds, [7, 8, 0, 3], { start: 7, segment: 2 });
    // Larger embeddings than a start has, so that differences are well above rounding.
    const wide = Object.entries(parameters).map(([name, values]) => [
      name,
      Float64Array.from(values, (value) => (name.endsWith("Table") ? 30 * value : value)),
    ]);
    await checkGradient({
      build: (graph) => {
        const values = declareParameters(
          graph as unknown as ReturnType<typeof createGraph>,
          network,
        );
        const states = createEncoder(values, network)(declareHistories(graph, size));
        return { loss: weightedSum(states), parameters: Object.values(values) };
      },
      feeds: { ...Object.fromEntries(wide), ...feeds },
      elements: (name) => [
        0,
        Math.floor(parameters[name]!.length / 2),
        parameters[name]!.length - 1,
      ],
    });
  },
);
