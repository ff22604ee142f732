import { expect, test } from "vitest";
import { normaliseLogs } from "../../../src/numeric/log-probabilities.ts";
import { createRandom } from "../../../src/numeric/random.ts";
import { createScorer } from "../../../src/policy/scorer.ts";
import { createGraph } from "../../../src/tensor/graph.ts";
import { createSession } from "../../../src/tensor/session.ts";
import { checkGradient } from "../../../tests/support/check-gradient.ts";
import { sampleRow } from "../../../tests/support/feedback.ts";
import { gradientElements, gradientFeeds } from "../../../tests/support/gradient-feeds.ts";
import { paddedBatch } from "../../../tests/support/padded-batch.ts";
import {
  largestDifference,
  randomNetwork,
  randomState,
  sampleViews,
} from "../../../tests/support/policy.ts";
import { conditionGenerator } from "./generator.ts";
import { encodeSetting, generatorLoss, modulationShapes } from "./generator-graph.ts";

const random = createRandom(983);
const views = sampleViews(3);
const network = randomNetwork({ heads: 1, width: 3, positions: 1 }, views, random);
const modulation = Object.fromEntries(
  Object.entries(modulationShapes(3)).map(([name, [rows = 0, columns = 0]]) => [
    name,
    Float32Array.from({ length: rows * columns }, () => 0.3 * random.normal()),
  ]),
);
const setting = {
  name: "any",
  klRadius: 0.4,
  pessimism: 1,
  discriminator: 0.5,
  proximity: 1,
  memory: [0.2, 0.3, 0.5],
};
const rows = Array.from({ length: 2 }, () =>
  sampleRow(views, { state: randomState(views, random) }),
);
const { batch, shape } = paddedBatch(rows, network);
/** By state and candidate; the last candidate and the last state are padding. */
const byCell = (values: readonly number[], rest: number) =>
  Float32Array.from({ length: shape.states * shape.candidates }, (_, cell) => {
    const [state, place] = [Math.floor(cell / shape.candidates), cell % shape.candidates];
    if (state === rows.length) return 0;
    return place < views.length ? values[state * views.length + place]! : rest;
  });
const reference = byCell(
  rows.flatMap(() => views.map(() => -random.uniform())),
  -1e9,
);
const data = {
  omega: encodeSetting(setting),
  reference,
  target: byCell([0.2, 0.3, 0.5, 0.6, 0.3, 0.1], 0),
  rowWeights: Float32Array.of(0.5, 0.5, 0),
};
const { positionBias: _, ...trained } = network.parameters;

test("the gradient agrees with central differences, every parameter, the modulation's too", async () => {
  await checkGradient({
    build: (graph) => generatorLoss(graph, network, shape),
    feeds: gradientFeeds(
      { ...network, parameters: { ...trained, ...modulation } },
      batch.feeds,
      data,
    ),
    elements: gradientElements(network, batch),
  });
});

test("under a setting the generator is a plain network on top of the reference", async () => {
  const graph = createGraph();
  const { logPolicy } = generatorLoss(graph, network, shape);
  const session = await createSession(graph, { logPolicy });
  const result = await session.run({ ...trained, ...modulation, ...batch.feeds, ...data });
  await session.close();
  const scorer = await createScorer(conditionGenerator({ network, modulation }, setting), {
    batchStates: 2,
    threads: 1,
  });
  const scores = await scorer.score(rows);
  await scorer.close();
  for (const [row, [tilts]] of scores.entries()) {
    const cells = [...batch.places[row]!].map((place) => row * shape.candidates + place);
    const logits = tilts!.map((tilt, a) => tilt + reference[cells[a]!]!);
    const made = Float64Array.from(cells, (cell) => result.logPolicy![cell]!);
    expect(largestDifference(normaliseLogs(logits), made)).toBeLessThan(1e-5);
  }
});
