import { expect, onTestFinished, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import {
  largestDifference,
  randomNetwork,
  randomState,
  sampleViews,
} from "../../tests/support/policy.ts";
import { servedProbability } from "../mpo/judged-row.ts";
import type { ScoredRow } from "../mpo/row-scores.ts";
import { discriminatorSeparation } from "../mpo/separation.ts";
import { normaliseLogs } from "../numeric/log-probabilities.ts";
import { createRandom } from "../numeric/random.ts";
import { createScorer } from "../policy/scorer.ts";
import { criticShape, rewardHeadCount } from "./critic-shape.ts";
import { scoreCritic, scorePolicy } from "./score-rows.ts";

const views = sampleViews(4);

function scored(options: {
  readonly action: number;
  readonly reward: number;
  readonly policy: readonly number[];
  readonly discriminator: readonly number[];
}): ScoredRow {
  const { action, reward, policy, discriminator } = options;
  return {
    row: sampleRow(views.slice(0, policy.length), { action, reward }),
    scores: {
      logPolicy: Float64Array.from(policy, Math.log),
      rewardHeads: [],
      discriminator: Float64Array.from(discriminator),
    },
  };
}

test("the AUC is the chance that a satisfied choice scores above a draw of the policy, by hand", () => {
  // Above the candidate of 0.5, level with itself: 0.5 + 0.2/2 = 0.6; below all others: 0.1/2 = 0.05.
  const good = scored({ action: 1, reward: 1, policy: [0.5, 0.2, 0.3], discriminator: [0, 1, 2] });
  const bad = scored({ action: 2, reward: 0.5, policy: [0.4, 0.5, 0.1], discriminator: [3, 2, 1] });
  expect(discriminatorSeparation([good]).auc).toBeCloseTo(0.6, 14);
  expect(discriminatorSeparation([bad]).auc).toBeCloseTo(0.05, 14);
  expect(discriminatorSeparation([good, bad]).auc).toBeCloseTo((1 * 0.6 + 0.5 * 0.05) / 1.5, 14);
});

test("a discriminator that tells nothing apart, or has nothing to tell, has an AUC of a half", () => {
  const flat = scored({ action: 0, reward: 1, policy: [0.9, 0.1], discriminator: [2, 2] });
  const failure = scored({ action: 0, reward: 0, policy: [0.9, 0.1], discriminator: [5, 2] });
  expect(discriminatorSeparation([flat]).auc).toBe(0.5);
  expect(discriminatorSeparation([failure]).auc).toBe(0.5);
  expect(discriminatorSeparation([]).auc).toBe(0.5);
});

test("the critic's heads are expected rewards at the row's position, the last one is the discriminator", async () => {
  const random = createRandom(61);
  const plain = randomNetwork(criticShape, views, random);
  const examination = (position: number) => 1 / (1 + position);
  const positionBias = plain.parameters.positionBias!.map((_, cell) =>
    Math.log(examination(cell % criticShape.positions)),
  );
  const network = { ...plain, parameters: { ...plain.parameters, positionBias } };
  const rows = [0, 3].map((position) =>
    sampleRow(views, { state: randomState(views, random), position }),
  );
  const scorer = await createScorer(network, { batchStates: 4, threads: 1 });
  onTestFinished(() => scorer.close());
  const [raw = []] = await scorer.score(rows);
  const [first, later] = await scoreCritic(scorer, { network, defaultReward: 0.4 }, rows);
  expect(first!.rewardHeads.length).toBe(rewardHeadCount);
  expect(raw.length).toBe(rewardHeadCount + 1);
  for (const [head, values] of first!.rewardHeads.entries()) {
    const expected = raw[head]!.map((logit) => 1 / (1 + Math.exp(-logit)));
    expect(largestDifference(expected, values)).toBeLessThan(1e-12);
  }
  expect(first!.discriminator).toEqual(raw[rewardHeadCount]);
  const [unplaced = []] = await scorer.score([rows[1]!]);
  const [chosen = 0] = [unplaced[0]![rows[1]!.action]!].map(
    (logit) => 0.4 + examination(3) * (1 / (1 + Math.exp(-logit)) - 0.4),
  );
  // Of a later position the logged choice alone is read. The position bias is held in single precision.
  const [own] = later!.rewardHeads;
  expect(own!.length).toBe(1);
  expect(Math.abs(own![0]! - chosen)).toBeLessThan(1e-7);
  expect(later!.discriminator).toEqual(unplaced[rewardHeadCount]);
});

test("the policy's scores are log probabilities over the row's candidates", async () => {
  const random = createRandom(67);
  const network = randomNetwork({ heads: 1, width: 4, positions: 1 }, views, random);
  const row = sampleRow(views.slice(1), { state: randomState(views, random) });
  const scorer = await createScorer(network, { batchStates: 1, threads: 1 });
  onTestFinished(() => scorer.close());
  const [logs] = await scorePolicy(scorer, [row]);
  const [[logits] = []] = await scorer.score([{ state: row.state, candidates: row.candidates }]);
  expect(largestDifference(normaliseLogs(logits!), logs!)).toBeLessThan(1e-12);
  expect(logs!.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 12);
});

test("a served probability is the policy's with the exploration floor of its row", () => {
  const row = sampleRow(views, { exploration: 0.2 });
  expect(servedProbability(0.5, row)).toBeCloseTo(0.8 * 0.5 + 0.2 / 4, 15);
  expect(servedProbability(0, row)).toBeCloseTo(0.05, 15);
});
