import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { createTransformer } from "../../policy/transformer/parameters.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";
import { gradients } from "../../tensor/gradients.ts";
import { createGraph } from "../../tensor/graph.ts";
import { createSession } from "../../tensor/session.ts";
import { groupRows } from "./row-groups.ts";
import { buildSequenceLoss } from "./sequence-graph.ts";

const network: TransformerShape = {
  items: 40,
  width: 4,
  blocks: 1,
  heads: 1,
  length: 50,
  feedForward: "relu",
};
const stepOf = (rows: number, negatives: number | undefined) => ({
  network,
  rows,
  dropout: 0,
  negatives,
});

/** Loss and gradients of a batch, in float64. */
async function run(rows: number, feeds: Readonly<Record<string, Int32Array | Float64Array>>) {
  const graph = createGraph("float64");
  const { loss, parameters } = buildSequenceLoss(graph, stepOf(rows, feeds.negatives?.length));
  const slopes = gradients(loss, parameters);
  const outputs = parameters.map(({ name }, index) => [`${name}'`, slopes[index]!]);
  const session = await createSession(graph, { loss, ...Object.fromEntries(outputs) });
  const values = Object.entries(createTransformer(network, createRandom(1)).parameters).map(
    ([name, value]) => [name, Float64Array.from(value)],
  );
  const results = await session.run({ ...Object.fromEntries(values), ...feeds });
  await session.close();
  return results;
}

function randomFeeds(rows: number, negatives: number | undefined) {
  const random = createRandom(2);
  const cells = rows * network.length;
  const items = (count: number) =>
    Int32Array.from({ length: count }, () => random.integer(network.items));
  const normals = (count: number) => Float64Array.from({ length: count }, () => random.normal());
  const ofCells = {
    items: items(cells),
    positions: Int32Array.from({ length: cells }, (_, cell) => cell % network.length),
    segments: Int32Array.from({ length: cells }, (_, cell) => (cell % network.length < 30 ? 1 : 2)),
    targets: items(cells),
    weights: normals(cells),
  };
  if (negatives === undefined) return { ofCells, shared: {} };
  const shared = { negatives: items(negatives), negativeLogExpected: normals(negatives) };
  return { ofCells: { ...ofCells, targetLogExpected: normals(cells) }, shared };
}

test.each([undefined, 8])(
  "a batch in groups has the loss and gradients of its groups together: negatives %s",
  async (negatives) => {
    const rows = 200;
    const size = groupRows(stepOf(rows, negatives));
    expect(size).toBe(100);
    const { ofCells, shared } = randomFeeds(rows, negatives);
    const whole = await run(rows, { ...ofCells, ...shared });
    const parts = [];
    for (const start of [0, size]) {
      const cut = Object.entries(ofCells).map(([name, values]) => [
        name,
        values.slice(start * network.length, (start + size) * network.length),
      ]);
      parts.push(await run(size, { ...Object.fromEntries(cut), ...shared }));
    }
    for (const [name, values] of Object.entries(whole)) {
      const largest = Math.max(...values.map(Math.abs));
      for (const [index, value] of values.entries()) {
        const together = parts[0]![name]![index]! + parts[1]![name]![index]!;
        // Two orders of some 10,000 float64 sums.
        expect(Math.abs(value - together), `${name}[${index}]`).toBeLessThan(1e-11 * largest);
      }
    }
  },
);
