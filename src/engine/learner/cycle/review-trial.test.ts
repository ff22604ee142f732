import { describe, expect, test } from "vitest";
import { openLiveStore, visitLive } from "../../../../tests/support/live-visits.ts";
import { shopConfiguration } from "../../../../tests/support/shop.ts";
import type { PolicyEvidence } from "../../../domain/policy-evidence.ts";
import type { Assignment } from "../../../domain/policy-snapshot.ts";
import { normaliseReward } from "../../../domain/reward-rule.ts";
import { expectLift } from "../../../evaluation/expected-lift.ts";
import type { Store } from "../../../storage/store.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { reviewTrial } from "./review-trial.ts";

const scenario = parseConfiguration(shopConfiguration()).scenarios[0]!;
const since = 10_000;
const now = 50_000;
const trial = { since, deadline: now + 1 };
const assignment: Assignment = { serving: 1, canary: 2, canaryShare: 0.25 };
const evidence: PolicyEvidence = { verdict: "canary", reason: "Canary: better", trial };

async function open(chance: number, known: PolicyEvidence = evidence): Promise<Store> {
  const store = await openLiveStore([{ status: "serving" }, { status: "canary", evidence: known }]);
  await visitLive(store, { arm: "serving", policyVersion: 1, users: 300, chance: 0.4, since });
  await visitLive(store, { arm: "canary", policyVersion: 2, users: 100, chance, since });
  return store;
}

const review = (store: Store, changes: Partial<Assignment> = {}, at = now) => {
  const scene = { store, scenario, now: at, holdbackShare: 0.05, spread: 0.2 };
  return reviewTrial({ ...scene, assignment: { ...assignment, ...changes } });
};

describe("a canary", () => {
  test("that earns more takes over with what was seen of it, and a share keeps the policy before", async () => {
    const found = await review(await open(0.6), { waiting: 7 });
    const { canary: told } = found;
    expect(told).toMatchObject({ version: 2, ...trial, action: "promote" });
    expect(told).toMatchObject({ canary: { users: 100 }, serving: { users: 300, rows: 1500 } });
    expect(told!.interval![0]).toBeGreaterThan(0);
    expect(found.assignment).toEqual({
      serving: 2,
      retriever: 2,
      canaryShare: 0,
      holdback: 1,
      holdbackShare: 0.05,
    });
    const predicted = expectLift(told!, 0.2);
    expect(predicted!.relativeLift).toBeGreaterThan(0);
    expect(predicted!.relativeLift).toBeLessThan(told!.relativeLift!);
    const promotion = { replaced: 1, promotedAt: now, holdbackShare: 0.05, predicted };
    const known = { trial, tried: told, verdict: "promote", reason: told!.reason, promotion };
    expect(found.statuses.at(-1)).toEqual({ version: 2, status: "serving", evidence: known });
    expect(found.statuses).toContainEqual({ version: 7, status: "retired" });
  });

  test("that earns less leaves as lost, whatever waits meanwhile stays", async () => {
    const found = await review(await open(0.2), { waiting: 7 });
    expect(found.canary!.reason).toMatch(/^Canary 2 live: worse by .*; it leaves\.$/);
    expect(found.assignment).toEqual({ serving: 1, canaryShare: 0, waiting: 7 });
    const known = { ...evidence, tried: found.canary };
    expect(found.statuses).toEqual([{ version: 2, status: "lost", evidence: known }]);
  });

  test("that is no different stays until its deadline, and leaves as undecided then", async () => {
    const store = await open(0.4);
    const soon = await review(store);
    expect(soon).toMatchObject({ assignment, canary: { action: "keep" } });
    expect(soon.statuses).toMatchObject([{ version: 2, status: "canary" }]);
    const late = await review(store, {}, now + 1);
    expect(late.canary).toMatchObject({ action: "expire" });
    expect(late.assignment).toEqual({ serving: 1, canaryShare: 0 });
    expect(late.statuses).toMatchObject([{ version: 2, status: "undecided" }]);
  });

  test("has a narrower interval at the error that its deadline was planned for", async () => {
    const { canary } = await review(await open(0.4));
    const { standardError, interval, serving } = canary!;
    const worth = serving.meanReward! - normaliseReward(undefined, scenario.reward);
    const plannedError = standardError! / worth;
    const planned = { ...evidence, trial: { ...trial, plannedError } };
    const { canary: told } = await review(await open(0.4, planned));
    expect(told).toMatchObject({ plannedError, standardError });
    expect(told!.interval![1]).toBeLessThan(interval![1]);
  });

  test("from before deadlines were written down has four weeks from its making", async () => {
    const store = await open(0.4, {});
    const { createdAt } = (await store.policies.find(2))!;
    const deadline = createdAt + 28 * 86_400_000;
    expect((await review(store)).canary).toMatchObject({ since: createdAt, deadline });
  });

  test("that is proven waits for an operator who asked for it, also beyond its deadline", async () => {
    const found = await review(await open(0.6), { mode: "ask", waiting: 7 });
    expect(found.canary!.action).toBe("ask");
    expect(found.assignment).toEqual({ ...assignment, mode: "ask", waiting: 2 });
    const { reason } = found.canary!;
    expect(found.statuses).toMatchObject([
      { version: 7, status: "retired" },
      { version: 2, status: "canary", evidence: { proposed: { reason, holdbackShare: 0.05 } } },
    ]);
    const waits = { mode: "ask", waiting: 2 } as const;
    expect((await review(await open(0.4), waits, now + 1)).canary!.action).toBe("keep");
  });

  test("that is proven stays a canary while promotions are paused", async () => {
    const found = await review(await open(0.6), { mode: "paused" }, now + 1);
    expect(found.canary!.action).toBe("keep");
    expect(found.assignment).toEqual({ ...assignment, mode: "paused" });
  });

  test("is compared with the policy that serves, from its start on", async () => {
    const store = await open(0.4);
    await visitLive(store, { arm: "canary", policyVersion: 2, users: 90, chance: 1, since: 5000 });
    await visitLive(store, { arm: "serving", policyVersion: 9, users: 90, chance: 0, since });
    const { canary: told } = await review(store);
    expect(told).toMatchObject({ canary: { rows: 500 }, serving: { rows: 1500 } });
  });
});

test.each([
  ["without a canary", { canary: undefined }],
  ["where nothing serves", { serving: undefined }],
])("there is nothing to compare %s", async (_, changes) => {
  const assigned = JSON.parse(JSON.stringify({ ...assignment, ...changes })) as Assignment;
  const input = { store: await openLiveStore([]), scenario, now, holdbackShare: 0.05, spread: 0.2 };
  expect(await reviewTrial({ ...input, assignment: assigned })).toEqual({
    assignment: assigned,
    statuses: [],
  });
});
