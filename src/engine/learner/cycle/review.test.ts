import { beforeAll, describe, expect, test } from "vitest";
import { banditRows } from "../../../../tests/support/bandit.ts";
import { sampleEncoder, sampleState, sampleViews } from "../../../../tests/support/policy.ts";
import { defaultMpo } from "../../../domain/mpo-fields.ts";
import type { StatusChange } from "../../../domain/take-over.ts";
import { expectLift } from "../../../evaluation/expected-lift.ts";
import { trainCritic } from "../../../learning/critic.ts";
import { createCritic } from "../../../learning/critic-shape.ts";
import { createNetworkFamily } from "../../../learning/network-family.ts";
import { normaliseLogs } from "../../../numeric/log-probabilities.ts";
import { createRandom } from "../../../numeric/random.ts";
import { openEncoder } from "../../../policy/encoder/encoder.ts";
import { decodeEncoder, encodeEncoder } from "../../../policy/encoder/encoder-model.ts";
import { growNetwork, type Network, withEncoder } from "../../../policy/network.ts";
import { initialNetwork } from "../../../policy/network-policy.ts";
import { drawIndex } from "../../../policy/slate.ts";
import { reviewServing } from "./review.ts";

const seed = 109;
const views = sampleViews(4);
const rewards = [0.7, 0.3, 0.3, 0.1];
const rows = banditRows(
  { count: 1500, states: [sampleState()], views, rewards: (_, item) => rewards[item]! },
  createRandom(seed),
).map((row, index) => ({ ...row, user: index % 150, policyVersion: 5 }));

/** A policy whose logits are these, whoever asks. */
function policyOf(logits: readonly number[]): Network {
  const random = createRandom(seed);
  const ids = views.map(({ itemId }) => itemId);
  const network = growNetwork(initialNetwork(random), ids, random);
  const itemBias = Float32Array.of(0, ...logits);
  return { ...network, parameters: { ...network.parameters, itemBias } };
}

const uniform = policyOf([0, 0, 0, 0]);
const better = policyOf([1.2, 0, 0, -0.5]);
const worseLogits = [-0.5, 0, 0, 1.2];
const worse = policyOf(worseLogits);

/** The same users, served by the worse policy. */
const served = normaliseLogs(Float64Array.of(...worseLogits)).map(
  (log) => 0.9 * Math.exp(log) + 0.1 / 4,
);
const rowsOfWorse = rows.map((row, index) => {
  const random = createRandom(seed).split(index);
  const action = drawIndex(served, random.uniform());
  const reward = random.uniform() < rewards[action]! ? 1 : 0;
  return { ...row, action, reward, propensity: served[action]! };
});
const servesWorse = { serving: worse, rows: rowsOfWorse };

let critic: Network;
beforeAll(async () => {
  const random = createRandom(seed);
  const training = await trainCritic({
    network: createCritic(random),
    rows: rows.slice(0, 250),
    defaultReward: 0,
    random,
    threads: 1,
  });
  critic = training.network;
});

const alone = { serving: 5, retriever: 4, baseline: 2, canaryShare: 0, exploration: 0.2 };
const withCanary = { ...alone, canary: 6, canaryShare: 0.4 };

const review = (
  rival: Network | undefined,
  options: Partial<Parameters<typeof reviewServing>[0]> = {},
) =>
  reviewServing({
    assignment: alone,
    parent: 4,
    serving: uniform,
    critic,
    rows,
    load: async () => rival,
    evidence: async () => ({ verdict: "canary", reason: "Canary: better", known: true }),
    holdbackShare: 0.05,
    now: 7000,
    spread: 0.2,
    family: createNetworkFamily({ mpo: defaultMpo, discount: 0, defaultReward: 0, threads: 1 }),
    mpo: defaultMpo,
    ...options,
  });

describe("a canary", () => {
  test("that is proven better takes over, and a share keeps the policy that served", async () => {
    const { assignment, statuses, review: told } = await review(better, { assignment: withCanary });
    expect(told).toMatchObject({ kind: "canary", version: 6, action: "promote" });
    expect(told?.gate.verdict).toBe("promote");
    expect(assignment).toEqual({ ...alone, serving: 6, holdback: 5, holdbackShare: 0.05 });
    const { expected: predicted } = told!.gate;
    expect(predicted).toEqual(expectLift(told!.gate, 0.2));
    const promotion = { replaced: 5, promotedAt: 7000, holdbackShare: 0.05, predicted };
    const { reason } = told!.gate;
    expect(reason).toMatch(/^Promoted: /);
    expect(statuses.slice(-2)).toEqual([
      { version: 5, status: "holdback" },
      {
        version: 6,
        status: "serving",
        evidence: { verdict: "promote", reason, known: true, promotion },
      },
    ]);
  });

  test("of which no look alone decides is promoted by all looks together", async () => {
    const slightly = policyOf([0, 0.2, -0.2, 0]);
    const few = { assignment: withCanary, rows: rows.slice(300, 450) };
    const first = await review(slightly, few);
    expect(first.review?.action).toBe("keep");
    const [{ status, evidence } = {}] = first.statuses as StatusChange[];
    expect(status).toBe("canary");
    const { gate } = first.review!;
    const { difference, standardError = 0, sharedError = 0, withoutOneUser } = gate;
    expect(evidence).toEqual({
      verdict: "canary",
      reason: "Canary: better",
      known: true,
      looks: { looks: 1, difference, standardError, sharedError, withoutOneUser },
    });
    const looks = { looks: 4, difference: 4 * standardError, standardError, sharedError };
    const then = await review(slightly, { ...few, evidence: async () => ({ looks }) });
    expect(then.review).toMatchObject({ action: "promote", gate: { looks: 5 } });
  });

  test("on a new encoder is judged on decisions after its cut-off alone", async () => {
    const later = 1000;
    // Users of the later decisions would have it off.
    const turned = rows.map((row, index) => ({
      ...row,
      sequence: index + 1,
      reward: index < later ? row.reward : 1 - row.reward,
    }));
    const on = (throughSequence: number): Network => {
      const stored = encodeEncoder({ ...decodeEncoder(sampleEncoder(views)), throughSequence });
      return withEncoder(better, openEncoder(stored));
    };
    const told = async (throughSequence: number) =>
      (await review(on(throughSequence), { assignment: withCanary, rows: turned })).review;
    expect(await told(later)).toMatchObject({
      action: "retire",
      gate: { rows: rows.length - later },
    });
    expect(await told(0)).not.toMatchObject({ action: "retire" });
    expect(await told(rows.length)).toMatchObject({
      action: "keep",
      gate: { rows: 0, verdict: "not-enough-data" },
    });
    // As long as it is tried, live rewards alone take it off.
    const newEncoder = { throughSequence: later, ndcg: { mean: 0.1, standardError: 0.01 } };
    const tried = { assignment: withCanary, rows: turned, evidence: async () => ({ newEncoder }) };
    expect((await review(on(later), tried)).review).toMatchObject({ action: "keep" });
  });

  test("that only live rewards may promote is not promoted by pooled looks", async () => {
    const evidence = async () => ({ onlyLive: "training saw 40 %" });
    const { assignment, review: told } = await review(better, { assignment: withCanary, evidence });
    expect(told).toMatchObject({ action: "keep", gate: { verdict: "promote" } });
    expect(told!.onlyLive).toBe("training saw 40 %");
    expect(assignment).toEqual(withCanary);
  });

  test("is judged on rows of other policies by their own propensities, and on none of a policy that is gone", async () => {
    const loggingLogs = Float64Array.from(rewards, () => -Math.log(rewards.length));
    const others = rows.map((row) => ({
      ...row,
      arm: "holdback" as const,
      policyVersion: 3,
      loggingLogs,
    }));
    const { review: told } = await review(better, { assignment: withCanary, rows: others });
    expect(told).toMatchObject({ action: "promote", gate: { rows: rows.length } });
    expect(told!.gate.selfCheck).toMatchObject({ rows: rows.length, leftOut: 0 });
    const gone = rows.map((row) => ({ ...row, policyVersion: 3, trainsOnly: true }));
    const { review: untold } = await review(better, { assignment: withCanary, rows: gone });
    expect(untold).toMatchObject({ action: "keep", gate: { rows: 0 } });
  });

  test("is judged with a discount by the critic's word for what follows a decision", async () => {
    const inSessions = rows.map((row, index) => ({
      ...row,
      session: {
        decision: index,
        decisionReward: row.reward,
        ...(index % 2 === 0 && { next: index + 1 }),
      },
    }));
    const judged = async (discount: number) => {
      const family = createNetworkFamily({
        mpo: defaultMpo,
        discount,
        defaultReward: 0,
        threads: 1,
      });
      const options = { assignment: withCanary, rows: inSessions, family };
      return (await review(better, options)).review!.gate;
    };
    const [plain, ahead] = [await judged(0), await judged(0.9)];
    // Half of the rewards give way to a mean of the heads, which varies less.
    expect(ahead.standardError!).toBeLessThan(plain.standardError!);
  });

  test("that is worse is taken off the traffic", async () => {
    const { assignment, statuses, review: told } = await review(worse, { assignment: withCanary });
    expect(told?.action).toBe("retire");
    expect(assignment).toEqual(alone);
    expect(statuses).toMatchObject([{ version: 6, status: "retired" }]);
  });

  test("of which there is too little to say stays", async () => {
    const few = { assignment: withCanary, rows: rows.slice(0, 30) };
    const { assignment, statuses, review: told } = await review(worse, few);
    expect(told).toMatchObject({ action: "keep", gate: { verdict: "not-enough-data" } });
    expect(assignment).toEqual(withCanary);
    expect(statuses).toEqual([]);
  });
});

describe("the parent", () => {
  test("that is clearly better comes back", async () => {
    const { assignment, statuses, review: told } = await review(uniform, servesWorse);
    expect(told).toMatchObject({ kind: "parent", version: 4, action: "roll-back" });
    expect(assignment).toEqual({ ...alone, serving: 4 });
    expect(statuses).toEqual([
      { version: 5, status: "rolled-back" },
      { version: 4, status: "serving" },
    ]);
  });

  test("that comes back ends the comparison with what the serving policy replaced", async () => {
    const held = { ...alone, holdback: 4, holdbackShare: 0.05 };
    const { assignment, statuses } = await review(uniform, { ...servesWorse, assignment: held });
    expect(assignment).toEqual({ ...alone, serving: 4 });
    expect(statuses.at(-1)).toEqual({ version: 4, status: "serving" });
  });

  test("that is no better stays where it is", async () => {
    const { assignment, statuses, review: told } = await review(worse);
    expect(told?.action).toBe("keep");
    expect(assignment).toEqual(alone);
    expect(statuses).toEqual([]);
  });
});

describe("while an operator restrains promotions", () => {
  const asks = { ...withCanary, mode: "ask" } as const;

  test("a canary that may take over asks first and keeps its share; what waited before is retired", async () => {
    const reviewed = await review(better, { assignment: { ...asks, waiting: 9 } });
    expect(reviewed.review).toMatchObject({ kind: "canary", version: 6, action: "ask" });
    expect(reviewed.assignment).toEqual({ ...asks, waiting: 6 });
    const { reason, expected: predicted } = reviewed.review!.gate;
    expect(reviewed.statuses).toEqual([
      { version: 9, status: "retired" },
      {
        version: 6,
        status: "canary",
        evidence: {
          verdict: "promote",
          reason: "Canary: better",
          known: true,
          proposed: { reason, holdbackShare: 0.05, predicted },
          looks: expect.objectContaining({ looks: 1 }),
        },
      },
    ]);
    const again = await review(better, { assignment: { ...asks, waiting: 6 } });
    expect(again.statuses).toMatchObject([{ version: 6, status: "canary" }]);
  });

  test("a canary that waits and is found worse is taken off, and waits no more", async () => {
    const one = await review(worse, { assignment: { ...asks, waiting: 6 } });
    expect(one.assignment).toEqual({ ...alone, mode: "ask" });
    expect(one.statuses).toMatchObject([{ version: 6, status: "retired" }]);
    const other = await review(worse, { assignment: { ...asks, waiting: 9 } });
    expect(other.assignment).toEqual({ ...alone, mode: "ask", waiting: 9 });
  });

  test("a canary that may take over stays a canary where promotions are paused", async () => {
    const paused = { ...withCanary, mode: "paused" } as const;
    const { assignment, statuses, review: told } = await review(better, { assignment: paused });
    expect(told).toMatchObject({ action: "keep", gate: { verdict: "promote" } });
    expect(assignment).toEqual(paused);
    expect(statuses).toMatchObject([{ version: 6, status: "canary" }]);
  });

  test("a canary that may take over waits for live rewards where only they may promote", async () => {
    const standing = { assignment: withCanary, onlyLive: "the fast loop is on" };
    const { assignment, review: told } = await review(better, standing);
    expect(told).toMatchObject({ action: "keep", gate: { verdict: "promote" } });
    expect(assignment).toEqual(withCanary);
  });

  test.each(["ask", "paused"] as const)(
    "a parent that is clearly better comes back: %s",
    async (mode) => {
      const assignment = { ...alone, mode, waiting: 9 };
      const reviewed = await review(uniform, { ...servesWorse, assignment });
      expect(reviewed.assignment).toEqual({ ...alone, mode, serving: 4 });
      expect(reviewed.statuses).toEqual([
        { version: 5, status: "rolled-back" },
        { version: 9, status: "retired" },
        { version: 4, status: "serving" },
      ]);
    },
  );

  test("a pinned policy serves whatever its parent would earn", async () => {
    const pinned = { ...alone, mode: "pinned" } as const;
    expect(await review(uniform, { ...servesWorse, assignment: pinned })).toEqual({
      assignment: pinned,
      statuses: [],
    });
  });
});

describe("there is nothing to review", () => {
  test.each([
    ["without a parent", better, { parent: undefined }],
    ["where the rival is gone", undefined, {}],
    ["before the first critic", better, { critic: undefined }],
  ])("%s", async (_, rival, options) => {
    expect(await review(rival, options)).toEqual({ assignment: alone, statuses: [] });
  });
});

test.each(["baseline", "holdback"] as const)("traffic of the %s does not count", async (arm) => {
  const others = rows.map((row) => ({ ...row, arm }));
  const { review: told } = await review(better, { assignment: withCanary, rows: others });
  expect(told).toMatchObject({ action: "keep", gate: { rows: 0 } });
});
