import { expect, test } from "vitest";
import { checkGradient } from "../../tests/support/check-gradient.ts";
import { sampleRow } from "../../tests/support/feedback.ts";
import { gradientElements, gradientFeeds } from "../../tests/support/gradient-feeds.ts";
import { randomNetwork, randomState, sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { createScorer } from "../policy/scorer.ts";
import { createGraph } from "../tensor/graph.ts";
import { createSession } from "../tensor/session.ts";
import { buildBatch, rowIndex } from "./batch.ts";
import { criticLoss } from "./critic-graph.ts";

const views = sampleViews(4);
const random = createRandom(41);
const network = randomNetwork(
  { heads: 2, width: 3, positions: 2, blocks: 0 },
  views.slice(0, 3),
  random,
);
const rows = Array.from({ length: 3 }, () =>
  sampleRow(views, { state: randomState(views, random) }),
);
/** One row and one item more than there are: padding is part of every batch. */
const shape = { rows: 4, items: 5 };
const batch = buildBatch({ rows, shape, itemRows: rowIndex(network) });
const cells = network.shape.heads * shape.rows * shape.items;
const uniforms = (length: number) => Float32Array.from({ length }, () => random.uniform());
const position = Float32Array.of(1, 0, 0, 1, 1, 0, 0, 0);

test("the gradient of the critic's loss agrees with central differences, every parameter", async () => {
  const targets = { positive: uniforms(cells), negative: uniforms(cells), position };
  await checkGradient({
    build: (graph) => criticLoss(graph, network, shape),
    feeds: gradientFeeds(network, batch.feeds, targets),
    elements: gradientElements(network, batch),
  });
});

/** The loss under weights that are 1 at one cell and 0 elsewhere. */
async function lossAt(weights: "positive" | "negative", cell: number): Promise<number> {
  const graph = createGraph();
  const { loss } = criticLoss(graph, network, shape);
  const session = await createSession(graph, { loss });
  const zeros = { positive: new Float32Array(cells), negative: new Float32Array(cells) };
  zeros[weights][cell] = 1;
  const result = await session.run({ ...network.parameters, ...batch.feeds, ...zeros, position });
  await session.close();
  return result.loss![0]!;
}

test("the loss is cross-entropy of what serving computes, position bias included", async () => {
  const scorer = await createScorer(network, { batchStates: 2, threads: 1 });
  const scores = await scorer.score(rows.map((row, index) => ({ ...row, position: index % 2 })));
  await scorer.close();
  for (const [row, heads] of scores.entries()) {
    for (const [head, values] of heads.entries()) {
      const candidate = (row + head) % views.length;
      const column = batch.columns[row]![candidate]!;
      const cell = (head * shape.rows + row) * shape.items + column;
      const score = values[candidate]!;
      const positive = Math.log1p(Math.exp(-score)) / shape.rows;
      const negative = Math.log1p(Math.exp(score)) / shape.rows;
      expect(Math.abs((await lossAt("positive", cell)) - positive)).toBeLessThan(1e-5);
      expect(Math.abs((await lossAt("negative", cell)) - negative)).toBeLessThan(1e-5);
    }
  }
});
