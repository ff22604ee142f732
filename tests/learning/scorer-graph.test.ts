import { expect, test } from "vitest";
import { createRandom, type RandomStream } from "../../src/numeric/random.ts";
import { batchStates, scoreCandidates } from "../../src/policy/batch-towers.ts";
import { parameterShapes } from "../../src/policy/network.ts";
import { createScorer } from "../../src/policy/scorer.ts";
import { createGraph, parameter } from "../../src/tensor/graph.ts";
import { slice } from "../../src/tensor/layout.ts";
import { createSession } from "../../src/tensor/session.ts";
import { sampleRow } from "../support/feedback.ts";
import { paddedBatch } from "../support/padded-batch.ts";
import {
  onEncoder,
  randomNetwork,
  randomState,
  sampleEncoder,
  sampleState,
  sampleViews,
} from "../support/policy.ts";

const sampleText = (model: number, random: RandomStream) => ({
  model,
  vector: Float32Array.from({ length: 6 }, () => random.normal()),
});

// Training differentiates one graph, serving runs two others and pools in TypeScript: they must compute the same.
test.each([
  { heads: 1, width: 8, positions: 1 },
  { heads: 1, width: 8, positions: 1, known: 6 },
  { heads: 3, width: 5, positions: 4 },
  { heads: 3, width: 5, positions: 4, text: { model: 7, width: 6 }, known: 8 },
])(
  "serving scores what training differentiates, to 1e-5: $heads heads of width $width, on an encoder of $known items",
  async ({ known, ...plain }) => {
    const random = createRandom(47);
    // Items without a text and with one of another model are among them.
    const views = sampleViews(10).map((view, index) =>
      index === 2 ? view : { ...view, text: sampleText(index === 3 ? 8 : 7, random) },
    );
    const alone = randomNetwork(plain, views.slice(0, 8), random);
    const network = known ? onEncoder(alone, sampleEncoder(views.slice(0, known))) : alone;
    const { shape } = network;
    const longer = Array.from({ length: 30 }, () => [views[random.integer(10)]!, 1] as const);
    const states = [...Array.from({ length: 10 }, () => randomState(views, random)), sampleState()];
    const rows = [...states, sampleState(longer)].map((state) => sampleRow(views, { state }));
    await network.encoder?.encode(rows.map(({ state }) => state));
    const { batch, shape: sizes } = paddedBatch(rows, network);
    const scoreHead = async (head: number) => {
      const graph = createGraph();
      const values = Object.fromEntries(
        Object.entries(parameterShapes(shape, network.itemIds.length)).map(([name, dimensions]) => [
          name,
          parameter(graph, name, dimensions),
        ]),
      );
      const states = batchStates(graph, values, { ...sizes, shape });
      const state = slice(states, { axis: 0, start: head, end: head + 1 });
      const scores = scoreCandidates(graph, values, { ...sizes, shape, head, state });
      const session = await createSession(graph, { scores });
      const results = await session.run({ ...network.parameters, ...batch.feeds });
      await session.close();
      return results.scores!;
    };
    const trained = await Promise.all([...Array(shape.heads).keys()].map(scoreHead));

    const scorer = await createScorer(network, { batchStates: 5, threads: 1 });
    const served = await scorer.score(rows.map(({ state, candidates }) => ({ state, candidates })));
    await scorer.close();
    for (const [row, heads] of served.entries()) {
      expect(heads.length).toBe(shape.heads);
      for (const [head, logits] of heads.entries()) {
        for (const [candidate, logit] of logits.entries()) {
          const cell = batch.stateOf[row]! * sizes.candidates + batch.places[row]![candidate]!;
          expect(Math.abs(logit - trained[head]![cell]!)).toBeLessThan(1e-5);
        }
      }
    }
  },
);
