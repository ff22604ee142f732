import { expect, test } from "vitest";
import { trainCritic } from "../../src/learning/critic.ts";
import { createCritic } from "../../src/learning/critic-shape.ts";
import { distil } from "../../src/learning/distil.ts";
import { scoreCritic, scorePolicy } from "../../src/learning/score-rows.ts";
import {
  advantages,
  challengerLogs,
  referenceLogs,
  solveTemperature,
} from "../../src/mpo/challengers.ts";
import { memoryHalfLives } from "../../src/mpo/meta-settings.ts";
import { createRandom } from "../../src/numeric/random.ts";
import type { Network } from "../../src/policy/network.ts";
import { initialNetwork } from "../../src/policy/network-policy.ts";
import { createScorer, type Scorer } from "../../src/policy/scorer.ts";
import { banditRows } from "../support/bandit.ts";
import { sampleRow } from "../support/feedback.ts";
import { sampleState, sampleView } from "../support/policy.ts";

const seed = 89;
const names = ["ant", "bee", "cat", "dog"];
const views = names.map((name) => sampleView(name));
/** The context names the item that is wanted; nothing else earns anything. */
const states = names.map((name) => sampleState([], { wanted: name }));
const setting = {
  name: "leap",
  klRadius: Math.log(names.length) / 2,
  pessimism: 0,
  discriminator: 0,
  proximity: 1,
  memory: memoryHalfLives.map(() => 1 / memoryHalfLives.length),
};

async function scoring<T>(network: Network, use: (scorer: Scorer) => Promise<T>): Promise<T> {
  const scorer = await createScorer(network, { batchStates: 4, threads: 1 });
  const result = await use(scorer);
  await scorer.close();
  return result;
}

/** One pass: reward model, challenger, policy moved to it; from the uniform policy and its log. */
async function improve(policy: Network, count: number) {
  const random = createRandom(seed);
  const rows = banditRows(
    { count, states, views, rewards: (wanted, item) => (wanted === item ? 1 : 0) },
    random.split("rows"),
  );
  const network = createCritic(random.split("critic"));
  const critic = await trainCritic({
    network,
    rows,
    defaultReward: 0,
    threads: 1,
    random: random.split("train"),
  });
  const each = states.map((state) => sampleRow(views, { state }));
  const logs = await scoring(policy, (scorer) => scorePolicy(scorer, each));
  const heads = await scoring(critic.network, (scorer) =>
    scoreCritic(scorer, { network: critic.network, defaultReward: 0 }, each),
  );
  const scores = heads.map((head, index) => ({ ...head, logPolicy: logs[index]! }));
  const temperature = solveTemperature(
    scores.map((one) => ({
      probabilities: referenceLogs(one.logPolicy, setting.proximity).map(Math.exp),
      advantage: advantages(one, setting),
    })),
    setting.klRadius,
  );
  const targets = scores.map((one) => challengerLogs(one, setting, { temperature }).map(Math.exp));
  const targetRows = rows.map((row) => ({ ...row, target: targets[states.indexOf(row.state)]! }));
  const { network: next } = await distil({
    network: policy,
    rows: targetRows,
    objective: "cross-entropy",
    random: random.split("distil"),
    threads: 1,
  });
  const moved = await scoring(next, (scorer) => scorePolicy(scorer, each));
  return { targets, chosen: moved.map((values, wanted) => Math.exp(values[wanted]!)) };
}

test("the identity bandit is solved by one pass of critic, challenger and distillation", async () => {
  const { targets, chosen } = await improve(initialNetwork(createRandom(seed)), 1500);
  for (const [wanted, target] of targets.entries())
    expect(target.indexOf(Math.max(...target))).toBe(wanted);
  // A uniform choice finds the wanted item in a quarter of the visits.
  for (const probability of chosen) expect(probability).toBeGreaterThan(0.5);
});
