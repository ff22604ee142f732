import { expect, test } from "vitest";
import {
  largestDifference,
  randomNetwork,
  randomState,
  sampleViews,
} from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import type { Network } from "./network.ts";
import { policyShape } from "./network-policy.ts";
import { scaleScores } from "./scale-scores.ts";
import { createScorer } from "./scorer.ts";

const views = sampleViews(12).map((view, index) => ({
  ...view,
  text: { model: 5, vector: Float32Array.of(Math.cos(index), Math.sin(index)) },
}));
const shapes: readonly Network["shape"][] = [
  policyShape,
  { heads: 2, width: 4, positions: 1, text: { model: 5, width: 2 } },
];

async function scoreAll(network: Network) {
  const random = createRandom(5);
  const scorer = await createScorer(network, { batchStates: 4, threads: 1 });
  const states = Array.from({ length: 6 }, () => randomState(views, random));
  const scores = await scorer.score(states.map((state) => ({ state, candidates: views })));
  await scorer.close();
  return scores.flat();
}

test.each(shapes)("every score is multiplied, exactly by a power of two: %j", async (shape) => {
  const network = randomNetwork(shape, views, createRandom(4));
  const scores = await scoreAll(network);
  expect(await scoreAll(scaleScores(network, 4))).toEqual(
    scores.map((head) => head.map((score) => 4 * score)),
  );
  const scaled = await scoreAll(scaleScores(network, 1 / 0.3));
  for (const [index, head] of scaled.entries()) {
    const expected = scores[index]!.map((score) => score / 0.3);
    expect(largestDifference(expected, head)).toBeLessThan(1e-5);
  }
});

test("the network that is scaled stays as it was", () => {
  const network = randomNetwork(shapes[1]!, views, createRandom(4));
  const before = structuredClone(network.parameters);
  scaleScores(network, 3);
  expect(network.parameters).toEqual(before);
});
