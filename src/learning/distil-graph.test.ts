import { describe, expect, test } from "vitest";
import { checkGradient } from "../../tests/support/check-gradient.ts";
import { sampleRow } from "../../tests/support/feedback.ts";
import { gradientElements, gradientFeeds } from "../../tests/support/gradient-feeds.ts";
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
import { allSlots } from "../policy/item-features.ts";
import { createScorer } from "../policy/scorer.ts";
import { createGraph } from "../tensor/graph.ts";
import { createSession } from "../tensor/session.ts";
import { buildBatch, tableRows } from "./batch.ts";
import { distilLoss } from "./distil-graph.ts";

const views = sampleViews(4);
const random = createRandom(43);
const network = onEncoder(
  randomNetwork({ heads: 1, width: 4, positions: 1 }, views.slice(0, 3), random),
  sampleEncoder(views.slice(0, 2)),
);
const rows = Array.from({ length: 3 }, () =>
  sampleRow(views, { state: randomState(views, random) }),
);
await network.encoder!.encode(rows.map(({ state }) => state));
const shape = { rows: 4, items: 5, slots: allSlots };
const batch = buildBatch({ rows, shape, tables: tableRows(network) });
const cells = shape.rows * shape.items;
const candidates = views.map((_, index) => batch.columns[0]![index]!);

/** The last item column is padding; the last row is padding too, without a mask and of weight 0. */
const mask = Float32Array.from({ length: cells }, (_, cell) =>
  candidates.includes(cell % shape.items) || cell >= 3 * shape.items ? 0 : -1e9,
);
const rowWeights = Float32Array.of(0.5, 0.25, 0.25, 0);

const targets = rows.map(() => normaliseLogs(Float64Array.from(views, () => 2 * random.normal())));
const liked = rows.map(() => views.map(() => random.uniform()));
const spread = (values: (row: number, candidate: number) => number, rest: number) => {
  const all = new Float32Array(cells).fill(rest);
  for (const row of rows.keys())
    for (const [index, column] of candidates.entries())
      all[row * shape.items + column] = values(row, index);
  return all;
};
const feeds = {
  mask,
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
    const scores = await scorer.score(rows.map(({ state }) => ({ state, candidates: views })));
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
