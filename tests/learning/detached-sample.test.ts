import { expect, test } from "vitest";
import type { DistilObjective } from "../../src/domain/mpo-configuration.ts";
import { distilLoss } from "../../src/learning/distil-graph.ts";
import { scorePolicy } from "../../src/learning/score-rows.ts";
import { normaliseLogs } from "../../src/numeric/log-probabilities.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { createScorer } from "../../src/policy/scorer.ts";
import { sampleSlate } from "../../src/policy/slate.ts";
import { gradients } from "../../src/tensor/gradients.ts";
import { createGraph } from "../../src/tensor/graph.ts";
import { createSession } from "../../src/tensor/session.ts";
import { sampleRow } from "../support/feedback.ts";
import { gradientFeeds } from "../support/gradient-feeds.ts";
import { paddedBatch } from "../support/padded-batch.ts";
import { randomNetwork, randomState, sampleViews } from "../support/policy.ts";

// min_θ E_{a∼π_θ}[log π_θ − log π_φ]: with a sampled action that is then held fixed, the gradient of the bracket is that of
// log π_θ(a), whose expectation under π_θ is 0 whatever π_φ is. Training by it goes nowhere. The sum over all candidates,
// differentiated through π_θ too, has gradient π_a·(Δ_a − E Δ) on the logit of a.

const seed = 83;
const items = 5;
const views = sampleViews(items);
const random = createRandom(seed);
const network = randomNetwork({ heads: 1, width: 4, positions: 1 }, views, random);
const row = sampleRow(views, { state: randomState(views, random) });
const { batch, shape } = paddedBatch([row], network);
const cells = shape.rows * shape.candidates;
/** Everything but the row's candidates is padding. */
const byPlace = (values: ArrayLike<number>, rest = 0) => {
  const spread = new Float32Array(cells).fill(rest);
  for (const [candidate, place] of batch.places[0]!.entries()) spread[place] = values[candidate]!;
  return spread;
};

async function logPolicy(): Promise<Float64Array> {
  const scorer = await createScorer(network, { batchStates: 1, threads: 1 });
  const [logs] = await scorePolicy(scorer, [row]);
  await scorer.close();
  return logs!;
}

/** ∂loss/∂(item bias) of each candidate: the bias is added to its logit. */
async function logitGradient(
  objective: DistilObjective,
  aim: Readonly<Record<string, Float32Array>>,
): Promise<number[]> {
  const graph = createGraph("float64");
  const { loss, parameters } = distilLoss(graph, network, { batch: shape, objective });
  const bias = parameters.find(({ name }) => name === "itemBias")!;
  const [slope] = gradients(loss, [bias]);
  const session = await createSession(graph, { slope: slope! });
  const mask = byPlace(new Float32Array(items), -1e9);
  const data = { mask, rowWeights: Float32Array.of(1, 0), ...aim };
  const { slope: values } = await session.run(gradientFeeds(network, batch.feeds, data));
  await session.close();
  return views.map(({ itemId }) => values![network.itemIds.indexOf(itemId)]!);
}

test("the exact objective has the gradient π·(Δ − E Δ), which is not zero", async () => {
  const logs = await logPolicy();
  const challenger = normaliseLogs(Float64Array.from(views, () => random.normal()));
  const delta = logs.map((value, a) => value - challenger[a]!);
  const mean = delta.reduce((sum, value, a) => sum + Math.exp(logs[a]!) * value, 0);
  const exact = await logitGradient("reverse-kl", { logTarget: byPlace(challenger) });
  for (const [a, slope] of exact.entries())
    expect(Math.abs(slope - Math.exp(logs[a]!) * (delta[a]! - mean))).toBeLessThan(1e-6);
  expect(Math.max(...exact.map(Math.abs))).toBeGreaterThan(0.05);
});

test("sampled and held fixed, its gradient vanishes in the mean of 100,000 draws, within 4 standard errors", async () => {
  const logs = await logPolicy();
  const draws = 100_000;
  const counts = new Float64Array(items);
  for (let draw = 0; draw < draws; draw++) {
    const { order } = sampleSlate({ logits: logs, slateSize: 1, exploration: 0, random });
    counts[order[0]!]! += 1 / draws;
  }
  // The mean over the draws of log π_θ(a) − log π_φ(a) with a and π_φ constant: a cross-entropy to −1 times the counts.
  const sampled = await logitGradient("cross-entropy", {
    target: byPlace(counts.map((share) => -share)),
  });
  for (const [a, slope] of sampled.entries()) {
    const probability = Math.exp(logs[a]!);
    const error = Math.sqrt((probability * (1 - probability)) / draws);
    expect(Math.abs(slope)).toBeLessThan(4 * error);
  }
});
