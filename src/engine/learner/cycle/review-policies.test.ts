import { beforeAll, expect, test } from "vitest";
import { banditRows } from "../../../../tests/support/bandit.ts";
import { openLiveStore } from "../../../../tests/support/live-visits.ts";
import { sampleState, sampleViews } from "../../../../tests/support/policy.ts";
import { visitedConfiguration, visitedScenario } from "../../../../tests/support/visited-shop.ts";
import type { Cycle } from "../../../domain/cycle.ts";
import type { ServingEvaluation } from "../../../domain/cycle-record.ts";
import { beatenFirst } from "../../../domain/ending.ts";
import { defaultMpo } from "../../../domain/mpo-fields.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { trainCritic } from "../../../learning/critic.ts";
import { createCritic } from "../../../learning/critic-shape.ts";
import { createNetworkFamily } from "../../../learning/network-family.ts";
import { normaliseLogs } from "../../../numeric/log-probabilities.ts";
import { createRandom } from "../../../numeric/random.ts";
import { growNetwork, type Network } from "../../../policy/network.ts";
import { initialNetwork } from "../../../policy/network-policy.ts";
import { drawIndex } from "../../../policy/slate.ts";
import { reviewPolicies, reviewPopularity } from "./review-policies.ts";

const seed = 131;
const views = sampleViews(4);
const shares = [0.7, 0.3, 0.3, 0.1];
const exploration = 0.1;

/** A policy with these logits for everybody, and a state weight that makes it a trained one. */
function policyOf(logits: readonly number[], weight = 1e-9): Network {
  const random = createRandom(seed);
  const ids = views.map(({ itemId }) => itemId);
  const network = growNetwork(initialNetwork(random), ids, random);
  const { stateWeights } = network.parameters;
  const parameters = {
    ...network.parameters,
    itemBias: Float32Array.of(0, ...logits),
    stateWeights: stateWeights!.map((_, index) => (index === 0 ? weight : 0)),
  };
  return { ...network, parameters };
}

/** Feedback of a policy's own choices. */
function rowsOf(logits: readonly number[]) {
  const served = normaliseLogs(Float64Array.of(...logits)).map(
    (log) => (1 - exploration) * Math.exp(log) + exploration / 4,
  );
  const options = { count: 1500, states: [sampleState()], views, rewards: () => 0 };
  return banditRows(options, createRandom(seed)).map((row, index) => {
    const random = createRandom(seed).split(index);
    const action = drawIndex(served, random.uniform());
    const reward = random.uniform() < shares[action]! ? 1 : 0;
    const made = { action, reward, propensity: served[action]!, exploration };
    return { ...row, ...made, user: index % 150, policyVersion: 5 };
  });
}

const worse = [-0.5, 0, 0, 1.2];
const known = new Map(
  views.map(({ itemId }, index) => {
    const rewardSum = 1000 * shares[index]!;
    return [
      itemId,
      { impressions: 1000, weightSquares: 1000, rewardSum, rewardSquares: rewardSum },
    ];
  }),
);
const assignment = { serving: 5, canaryShare: 0, exploration };

let critic: Network;
beforeAll(async () => {
  const random = createRandom(seed);
  const rows = rowsOf([0, 0, 0, 0]).slice(0, 250);
  const training = { network: createCritic(random), rows, defaultReward: 0, random, threads: 1 };
  critic = (await trainCritic(training)).network;
});

const family = createNetworkFamily({ mpo: defaultMpo, discount: 0, defaultReward: 0, threads: 1 });

const review = (
  logits: readonly number[],
  {
    scenario = {},
    serving = policyOf(logits),
    ...reviewed
  }: {
    readonly scenario?: Partial<Scenario>;
    readonly serving?: Network;
    readonly beaten?: string;
    readonly canary?: number;
  } = {},
) =>
  reviewPopularity(
    { scenario: { ...visitedScenario, ...scenario }, seed, configuration: visitedConfiguration },
    {
      assignment: { ...assignment, ...(reviewed.canary && { canary: reviewed.canary }) },
      ...(reviewed.beaten && { beaten: reviewed.beaten }),
    },
    {
      serving,
      critic,
      family,
      rows: rowsOf(logits),
      itemRewards: () => known,
      behaviour: { users: new Map(), items: 0 },
    },
  );

test("popularity that is clearly better by the log takes a trained policy's place", async () => {
  expect(await review(worse)).toMatch(
    /^Popularity would earn \d+(\.\d+)? % more than policy 5 by the log\.$/,
  );
});

test("a trained policy that is as good keeps its place", async () => {
  expect(await review([6, 0, 0, -1])).toBeUndefined();
});

test.each([
  ["beside a canary, which live rewards decide", { canary: 6 }],
  [
    "in a feed, whose posts leave",
    { scenario: { social: { types: ["like"], hours: 1, candidates: 0 } } },
  ],
  ["of popularity itself", { serving: policyOf(worse, 0) }],
])("%s nothing is said", async (_, given) => {
  expect(await review(worse, given)).toBeUndefined();
});

test("what live rewards have said stands", async () => {
  expect(await review(worse, { beaten: "Live." })).toBe("Live.");
});

const evaluated = (meanReward: number): ServingEvaluation => ({
  rows: 1500,
  meanReward,
  interval: [meanReward - 0.02, meanReward + 0.02],
  successRate: meanReward,
});
const told = { auc: 0.7, standardError: 0.02 };
const recorded = { evaluation: evaluated(0.4), calibration: { rows: 1500, separation: told } };
const before = { cycle: 8, throughSequence: 900, record: recorded };
const recent = [before as Cycle];

async function reviewAll(
  changes: Partial<Parameters<typeof reviewPolicies>[1]> = {},
  scenario: Partial<Scenario> = {},
) {
  const store = await openLiveStore([{}]);
  const named = { ...visitedScenario, ...scenario };
  const options = { store, scenario: named, seed, threads: 1, clock: () => 7000 };
  return reviewPolicies(
    { ...options, configuration: visitedConfiguration },
    {
      serving: policyOf(worse),
      critic,
      family,
      rows: rowsOf(worse),
      spread: 0.2,
      assignment: { ...assignment, serving: 1 },
      load: async () => undefined,
      itemRewards: () => known,
      behaviour: { users: new Map(), items: 0 },
      evaluation: evaluated(0.1),
      recent,
      start: 0,
      ...changes,
    },
  );
}

test("beside the policy that it beats no canary is begun", async () => {
  expect(await reviewAll()).toMatchObject({
    beaten: expect.stringMatching(/^Popularity would earn .+ than policy 1 by the log\.$/),
    noCanary: beatenFirst,
  });
});

/** The item that was liked least is liked most. */
const forgotten = rowsOf(worse).map((row, index) => ({
  ...row,
  reward: index % (row.action === 3 ? 7 : 20) === 0 ? 1 : 0,
}));

test("less than half of a recent cycle's rewards, which the critic can't tell apart, is a collapse", async () => {
  expect((await reviewAll({ rows: forgotten })).collapsed).toMatch(
    /^Tastes have changed: the serving policy earns 0\.1 a row, 0\.4 in cycle 8\. A rewarded choice has the higher prediction with probability 0\.[234]\d*, 0\.7 then\.$/,
  );
});

test.each<[string, Parameters<typeof reviewAll>]>([
  ["the critic still tells rewards apart", [{}]],
  ["rewards fell by less", [{ rows: forgotten, evaluation: evaluated(0.3) }]],
  [
    "no record tells of before",
    [{ rows: forgotten, recent: [{ ...before, record: {} } as Cycle] }],
  ],
  ["the loop has started again since", [{ rows: forgotten, start: 900 }]],
  ["nobody was served", [{ rows: forgotten, evaluation: undefined }]],
  ["nothing was learnt before", [{ rows: forgotten, critic: undefined }]],
  ["another arm made the rows", [{ rows: forgotten.map((row) => ({ ...row, arm: "canary" })) }]],
  ["nobody viewed the items", [{ rows: forgotten.map((row) => ({ ...row, isViewed: false })) }]],
  ["chance serves", [{ rows: forgotten, serving: policyOf([0, 0, 0, 0], 0) }]],
  ["posts leave", [{ rows: forgotten }, { social: { types: ["like"], hours: 1, candidates: 0 } }]],
  ["budgets ration ads", [{ rows: forgotten }, { ads: {} } as Partial<Scenario>]],
])("it is no collapse if %s", async (_, given) => {
  expect((await reviewAll(...given)).collapsed).toBeUndefined();
});
