import { expect, test } from "vitest";
import { checkGradient } from "../../tests/support/check-gradient.ts";
import { sampleRow } from "../../tests/support/feedback.ts";
import { gradientElements, gradientFeeds } from "../../tests/support/gradient-feeds.ts";
import { paddedBatch } from "../../tests/support/padded-batch.ts";
import {
  onEncoder,
  randomNetwork,
  randomState,
  sampleEncoder,
  sampleViews,
} from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { createScorer } from "../policy/scorer.ts";
import { createGraph } from "../tensor/graph.ts";
import { createSession } from "../tensor/session.ts";
import { criticLoss } from "./critic-graph.ts";

const views = sampleViews(4);
const random = createRandom(41);
const network = onEncoder(
  randomNetwork({ heads: 3, width: 3, positions: 2 }, views.slice(0, 3), random),
  sampleEncoder(views.slice(0, 2)),
);
/** The candidate of each row that the reward heads look at. */
const shownCandidates = [1, 3, 0];
const rows = shownCandidates.map((action) =>
  sampleRow(views, { state: randomState(views, random), action }),
);
await network.encoder!.encode(rows.map(({ state }) => state));
const { batch, shape } = paddedBatch(rows, network);
const rewardHeads = network.shape.heads - 1;
const uniforms = (length: number) => Float32Array.from({ length }, () => random.uniform());
/** Bounds of the rows' rewards: seen for sure, θ 0.6 without a default, θ 0.05 with a default of 0.4. */
const bounds = [
  { least: 0, most: 1 },
  { least: 0, most: 0.6 },
  { least: 0.38, most: 0.43 },
  { least: 0, most: 1 },
];
const shifts = {
  lower: Float32Array.from(bounds, ({ least, most }) => Math.max(-30, Math.log(least / most))),
  upper: Float32Array.from(bounds, ({ least, most }) =>
    Math.max(-30, Math.log((1 - most) / (1 - least))),
  ),
};
const sizes = {
  rewardPositive: rewardHeads * shape.rows,
  rewardNegative: rewardHeads * shape.rows,
  choicePositive: shape.states * shape.candidates,
  choiceNegative: shape.states * shape.candidates,
};
type Weights = keyof typeof sizes;
const weightsBy = (fill: (length: number) => Float32Array) =>
  Object.fromEntries(Object.entries(sizes).map(([name, length]) => [name, fill(length)]));

const { positionBias: _, ...shared } = network.parameters;
const intercept = Float32Array.of(0.3, -0.7);
const trained = { ...shared, intercept };

test("the gradient of the critic's loss agrees with central differences, every parameter", async () => {
  await checkGradient({
    build: (graph) => criticLoss(graph, network, shape),
    feeds: gradientFeeds({ ...network, parameters: trained }, batch.feeds, {
      ...weightsBy(uniforms),
      ...shifts,
    }),
    elements: gradientElements(network, batch),
  });
});

/** The loss under weights that are 1 at one cell and 0 elsewhere. */
async function lossAt(name: Weights, cell: number): Promise<number> {
  const graph = createGraph();
  const { loss } = criticLoss(graph, network, shape);
  const session = await createSession(graph, { loss });
  const weights = weightsBy((length) => new Float32Array(length));
  weights[name]![cell] = 1;
  const data = { ...batch.feeds, ...weights, ...shifts };
  const result = await session.run({ ...trained, ...data });
  await session.close();
  return result.loss![0]!;
}

/** Of a probability between the bounds, but for its constants, which no parameter moves. */
async function expectCrossEntropy(
  kind: "reward" | "choice",
  cell: number,
  { score, least, most }: { readonly score: number; readonly least: number; readonly most: number },
) {
  const probability = least + (most - least) / (1 + Math.exp(-score));
  const positive = -Math.log(probability / most) / shape.rows;
  const negative = -Math.log((1 - probability) / (1 - least)) / shape.rows;
  expect(Math.abs((await lossAt(`${kind}Positive`, cell)) - positive)).toBeLessThan(1e-5);
  expect(Math.abs((await lossAt(`${kind}Negative`, cell)) - negative)).toBeLessThan(1e-5);
}

test("the loss is cross-entropy of what scoring computes, examination and default reward included", async () => {
  const scorer = await createScorer(network, { batchStates: 2, threads: 1 });
  const scores = await scorer.score(rows);
  await scorer.close();
  for (const [row, heads] of scores.entries()) {
    for (let head = 0; head < rewardHeads; head++)
      await expectCrossEntropy("reward", head * shape.rows + row, {
        score: heads[head]![shownCandidates[row]!]! + intercept[head]!,
        ...bounds[row]!,
      });
    const candidate = (row + 1) % views.length;
    const cell = batch.stateOf[row]! * shape.candidates + batch.places[row]![candidate]!;
    await expectCrossEntropy("choice", cell, {
      score: heads[rewardHeads]![candidate]!,
      least: 0,
      most: 1,
    });
  }
});
