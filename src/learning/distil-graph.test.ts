import { describe, expect, test } from "vitest";
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
import { distilObjectives } from "../domain/mpo-configuration.ts";
import { klDivergence, normaliseLogs } from "../numeric/log-probabilities.ts";
import { createRandom } from "../numeric/random.ts";
import { createScorer } from "../policy/scorer.ts";
import { createGraph } from "../tensor/graph.ts";
import { createSession } from "../tensor/session.ts";
import { distilLoss } from "./distil-graph.ts";

const views = sampleViews(4);
const random = createRandom(43);
const network = onEncoder(
  randomNetwork({ heads: 1, width: 4, positions: 1 }, views.slice(0, 3), random),
  sampleEncoder(views.slice(0, 2)),
);
/** A slate of two positions and two slates of one. */
const states = Array.from({ length: 3 }, () => randomState(views, random));
const rows = [
  sampleRow(views, { state: states[0]! }),
  sampleRow(views.slice(1), { state: states[0]!, slateCandidates: views }),
  ...states.slice(1).map((state) => sampleRow(views, { state })),
];
await network.encoder!.encode(rows.map(({ state }) => state));
const { batch, shape } = paddedBatch(rows, network);
const rowWeights = Float32Array.of(0.4, 0.2, 0.3, 0.1, 0);

const targets = rows.map(({ candidates }) =>
  normaliseLogs(Float64Array.from(candidates, () => 2 * random.normal())),
);
const liked = rows.map(({ candidates }) => candidates.map(() => random.uniform()));
const spread = (values: (row: number, candidate: number) => number, rest: number) => {
  const all = new Float32Array(shape.rows * shape.candidates).fill(rest);
  // The last row is padding, without a mask and of weight 0.
  all.fill(0, rows.length * shape.candidates);
  for (const [row, places] of batch.places.entries())
    for (const [index, place] of places.entries())
      all[row * shape.candidates + place] = values(row, index);
  return all;
};
const feeds = {
  mask: spread(() => 0, -1e9),
  rowWeights,
  target: spread((row, index) => Math.exp(targets[row]![index]!), 0),
  logTarget: spread((row, index) => targets[row]![index]!, 0),
  liked: spread((row, index) => liked[row]![index]!, 0),
};

describe.each(distilObjectives)("%s", (objective) => {
  const { target, logTarget, ...common } = feeds;
  const data = { ...common, ...(objective === "cross-entropy" ? { target } : { logTarget }) };

  test("the gradient agrees with central differences, every parameter but the position bias", async () => {
    const { positionBias: _, ...parameters } = network.parameters;
    await checkGradient({
      build: (graph) => distilLoss(graph, network, { batch: shape, objective, likelihood: true }),
      feeds: gradientFeeds({ ...network, parameters }, batch.feeds, data),
      elements: gradientElements(network, batch),
    });
  });

  test("the loss is that of the policy as it serves, weighted by row, padding left out", async () => {
    const graph = createGraph();
    const { loss } = distilLoss(graph, network, { batch: shape, objective, likelihood: true });
    const session = await createSession(graph, { loss });
    const result = await session.run({ ...network.parameters, ...batch.feeds, ...data });
    await session.close();
    const scorer = await createScorer(network, { batchStates: 4, threads: 1 });
    const scores = await scorer.score(rows);
    await scorer.close();
    const expected = scores.reduce((sum, [head], row) => {
      const logPolicy = normaliseLogs(head!);
      const target64 = targets[row]!;
      const value =
        objective === "reverse-kl"
          ? klDivergence(logPolicy, target64)
          : -target64.reduce((total, logT, a) => total + Math.exp(logT) * logPolicy[a]!, 0);
      const likelihood = logPolicy.reduce((total, log, a) => total - liked[row]![a]! * log, 0);
      return sum + rowWeights[row]! * (value + likelihood);
    }, 0);
    expect(Math.abs(result.loss![0]! - expected)).toBeLessThan(1e-5);
  });
});
