import { describe, expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { fingerprint, sampleState, sampleViews } from "../../tests/support/policy.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import { createRandom } from "../numeric/random.ts";
import { createScorer } from "../policy/scorer.ts";
import { trainCritic } from "./critic.ts";
import { type CriticRow, createCritic } from "./critic-shape.ts";
import { scoreCritic } from "./score-rows.ts";
import { bootstrapReturns, lookAhead, trainValueCritic } from "./session-value.ts";

const seed = 83;
const discount = 0.5;
const views = sampleViews(2);
const start = sampleState([], { step: "first" });
/** The second decision's state shows the first one's item. */
const after = views.map((view) => sampleState([[view, 1]], { step: "second" }));
const policy = Float64Array.of(0.5, 0.5);

/**
 * Sessions of two decisions. The first item's immediate reward is taken from the second decision:
 * 0.6 then 0.1, against 0.3 then 0.9. The second decision earns the same with either item.
 */
const now = [0.6, 0.3];
const later = [0.1, 0.9];

function play(count: number): CriticRow[] {
  const random = createRandom(seed);
  const draw = (chance: number) => (random.uniform() < chance ? 1 : 0);
  return Array.from({ length: count }, (_, session) => {
    const choices = [random.integer(2), random.integer(2)] as const;
    const earned = [draw(now[choices[0]]!), draw(later[choices[0]]!)] as const;
    const last = (1 - discount) * earned[1];
    const common = { policy, user: session, fold: "first" as const };
    const [decision, next] = [2 * session, 2 * session + 1];
    return [
      {
        ...sampleRow(views, { state: start, action: choices[0], ...common }),
        ...common,
        reward: (1 - discount) * earned[0] + discount * last,
        session: { decisionReward: earned[0], decision, next },
      },
      {
        ...sampleRow(views, { state: after[choices[0]]!, action: choices[1], ...common }),
        ...common,
        reward: last,
        session: { decisionReward: earned[1], decision: next },
      },
    ];
  }).flat();
}

const options = (rows: readonly CriticRow[]) => ({
  network: createCritic(createRandom(seed)),
  rows,
  defaultReward: 0,
  random: createRandom(seed),
  threads: 1,
});

test(`the critic knows what an item is worth in the end, within 4 standard errors, seed ${seed}`, async () => {
  const count = 800;
  const { network } = await trainValueCritic({ ...options(play(count)), discount });
  const scorer = await createScorer(network, { batchStates: 1, threads: 1 });
  const [scores] = await scoreCritic(scorer, { network, defaultReward: 0 }, [
    sampleRow(views, { state: start }),
  ]);
  await scorer.close();
  for (const item of [0, 1]) {
    const heads = scores!.rewardHeads.map((head) => head[item]!);
    const value = heads.reduce((sum, head) => sum + head, 0) / heads.length;
    const truth = (1 - discount) * (now[item]! + discount * later[item]!);
    // A return is within 0.75, so its standard deviation is at most 0.375; a pair of heads counts each once.
    expect(Math.abs(value - truth)).toBeLessThan(4 * 0.375 * Math.sqrt(1 / (count / 2)));
  }
});

test("without a discount it is the plain critic, bit for bit", async () => {
  const rows = play(60);
  const plain = await trainCritic(options(rows));
  const same = await trainValueCritic({ ...options(rows), discount: 0 });
  expect(fingerprint(same.network)).toEqual(fingerprint(plain.network));
  const other = await trainValueCritic({ ...options(rows), discount });
  expect(fingerprint(other.network)).not.toEqual(fingerprint(plain.network));
  // The sweep keeps to the settings as well.
  const settings = { ...defaultMpo.critic, minEpochs: 1, maxEpochs: 1 };
  const once = await trainValueCritic({ ...options(rows), discount, settings });
  expect(once.steps).toBe(1);
});

describe("with a discount of 0.75", () => {
  const step = { decisionReward: 0.4 };
  const rows = [
    sampleRow(views, { reward: 0.9, session: { ...step, decision: 7, next: 8 } }),
    sampleRow(views, { reward: 0.8, session: { ...step, decision: 8 } }),
    sampleRow(views, { reward: 0.7, session: { ...step, decision: 8 }, position: 1 }),
    sampleRow(views, { reward: 0.6, session: { ...step, decision: 9, next: 10 } }),
    sampleRow(views, { reward: 0.5 }),
  ];
  const values = Float64Array.of(0.3, 0.2, 0.6, 0.1, 0.1);
  const ahead = 0.25 * 0.4 + 0.75 * 0.4;
  const near = (value: number) => expect.closeTo(value, 12);
  const rewardsOf = (read: readonly { readonly reward: number }[]) =>
    read.map(({ reward }) => reward);

  test("a target is half the return, half the decision's reward and the next one's mean value; the last one stays", () => {
    const targets = bootstrapReturns(rows, values, { discount: 0.75, observedShare: 0.5 });
    // Decision 10 isn't among the rows, so the actual successor of 9 stays.
    expect(rewardsOf(targets)).toEqual([(0.9 + ahead) / 2, 0.8, 0.7, 0.6, 0.5]);
  });

  test("what judges is the decision's reward and the next one's mean value over the heads", () => {
    const scored = rows.map((row, index) => ({
      row,
      scores: {
        logPolicy: policy.map(Math.log),
        rewardHeads: [-0.1, 0.1].map((gap) => Float64Array.of(values[index]! + gap, 0)),
        discriminator: new Float64Array(2),
      },
    }));
    expect([...lookAhead(scored, 0.75)]).toEqual([ahead, 0.8, 0.7, 0.6, 0.5].map(near));
  });
});
