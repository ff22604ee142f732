import fc from "fast-check";
import { expect, test } from "vitest";
import type { Decision } from "../../src/domain/decision.ts";
import { decisionId, itemId, userId } from "../../src/domain/ids.ts";
import { settleReward } from "../../src/domain/reward-rule.ts";
import type { Store } from "../../src/storage/store.ts";
import { sampleDecision, sampleReward } from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

async function appendAll(store: Store, changes: readonly Partial<Decision>[]): Promise<void> {
  for (const [index, change] of changes.entries()) {
    await store.decisions.append(sampleDecision(String(index + 1), change));
  }
}

export function testRewards(open: OpenStore): void {
  test("rewards are summed by position, a position without events has none", async () => {
    const store = await open();
    await appendAll(store, [{}, {}]);
    await store.events.record([
      sampleReward("1", { position: 1, type: "click", value: 0.25 }),
      sampleReward("1", { position: 1, type: "buy", value: 4 }),
      sampleReward("1", { position: 1, type: "return", value: -4 }),
      sampleReward("2", { position: 0, value: 0 }),
    ]);
    const found = await Promise.all([decisionId("1"), decisionId("2")].map(store.decisions.find));
    expect(found.map((entry) => entry?.rewards)).toEqual([
      [undefined, 0.25],
      [0, undefined],
    ]);
    await store.close();
  });

  test("feedback is that of one scenario whose window has closed, in pages to the end", async () => {
    const store = await open();
    await appendAll(store, [
      { expiresAt: 2000 },
      { expiresAt: 9000 },
      { scenario: "feed" },
      { expiresAt: 2000 },
      { expiresAt: 1500 },
    ]);
    await store.events.record([sampleReward("4", { position: 1, value: 2 })]);
    const read = async (after: number, closedBefore: number, limit = 2) => {
      const options = { scenario: "shop", after, closedBefore, limit };
      return (await store.decisions.feedback(options)).map(({ sequence }) => sequence);
    };
    expect(await read(0, 2000)).toEqual([1, 4]);
    expect(await read(4, 2000)).toEqual([5]);
    expect(await read(5, 2000)).toEqual([]);
    expect(await read(0, 1999, 9)).toEqual([5]);
    expect(await read(0, 9000, 9)).toEqual([1, 2, 4, 5]);
    const options = { scenario: "shop", after: 1, closedBefore: 2000, limit: 1 };
    expect(await store.decisions.feedback(options)).toEqual([
      { decision: sampleDecision("4", {}), sequence: 4, rewards: [undefined, 2] },
    ]);
    await store.close();
  });

  test("rewards of users are settled by position, of one policy in one arm since a time", async () => {
    const store = await open();
    const [ann, bob] = [userId("ann"), userId("bob")];
    const wanted = {
      arm: "holdback",
      policyVersion: 7,
      decidedAt: 60_000,
      expiresAt: 70_000,
    } as const;
    await appendAll(store, [
      { ...wanted, userId: ann },
      { ...wanted, userId: ann },
      { ...wanted, userId: bob, slate: [itemId("a")] },
      { ...wanted, userId: bob, arm: "serving" },
      { ...wanted, userId: bob, policyVersion: 8 },
      { ...wanted, userId: bob, decidedAt: 59_999 },
      { ...wanted, userId: bob, expiresAt: 70_001 },
      { ...wanted, userId: bob, scenario: "feed" },
    ]);
    await store.events.record([
      sampleReward("1", { position: 0, type: "buy", value: 9 }),
      sampleReward("1", { position: 1, type: "buy", value: 2 }),
      sampleReward("1", { position: 1, type: "hide", value: -1 }),
      sampleReward("2", { position: 1, value: -5 }),
      sampleReward("4", { value: 3 }),
    ]);
    const rule = { weights: {}, windowSeconds: 10, defaultReward: 0.5, minimum: -1, maximum: 4 };
    const span = { scenario: "shop", since: 60_000, closedBefore: 70_000, rule };
    const options = { ...span, arm: "holdback", policyVersion: 7 } as const;
    const found = await store.decisions.userRewards(options);
    expect(found.toSorted((left, right) => right.rows - left.rows)).toEqual([
      { rows: 4, rewardSum: 4 + 1 + 0.5 - 1 },
      { rows: 1, rewardSum: 0.5 },
    ]);
    expect(await store.decisions.userRewards({ ...options, policyVersion: 9 })).toEqual([]);
    const { policyVersion: _, ...all } = options;
    const ofAll = await store.decisions.userRewards(all);
    expect(ofAll.reduce((sum, { rows }) => sum + rows, 0)).toBe(7);
    await store.close();
  });

  test("outcomes are counted by user and listed by position, each position of a type once", async () => {
    const store = await open();
    const slate = [itemId("a"), itemId("b")];
    await appendAll(store, [
      { slate, positionPropensities: [0.5, 0.5], slatePropensity: 0.25 },
      { slate: [itemId("a")], userId: userId("bob") },
      { arm: "canary" },
      { expiresAt: 90_000 },
      { policyVersion: 9 },
    ]);
    await store.events.record([
      sampleReward("1", { type: "buy", value: 0 }),
      sampleReward("1", { type: "buy", value: 0 }),
      sampleReward("1", { type: "buy", position: 1 }),
      sampleReward("1", { type: "click" }),
      ...["3", "4", "5"].map((id) => sampleReward(id, { type: "buy" })),
    ]);
    const { decidedAt, policyVersion } = sampleDecision("x");
    const span = { scenario: "shop", since: decidedAt, closedBefore: 80_000, type: "buy" };
    const found = await store.decisions.userOutcomes({ ...span, arm: "serving", policyVersion });
    expect(found.toSorted((left, right) => right.rows - left.rows)).toEqual([
      { userId: sampleDecision("x").userId, rows: 2, outcomes: 2 },
      { userId: "bob", rows: 1, outcomes: 0 },
    ]);
    const all = await store.decisions.outcomes({ type: "buy", after: 0, through: 3 });
    expect(all).toEqual([
      { sequence: 1, position: 0 },
      { sequence: 1, position: 1 },
      { sequence: 3, position: 0 },
    ]);
    expect(await store.decisions.outcomes({ type: "buy", after: 3, through: 4 })).toHaveLength(1);
    expect(await store.decisions.outcomes({ type: "gift", after: 0, through: 9 })).toEqual([]);
    await store.close();
  });

  test("buckets add up decisions and settled rewards by arm and time, of decisions that are closed", async () => {
    const store = await open();
    const slate = [itemId("a")];
    const expiresAt = 200_000;
    await appendAll(store, [
      { decidedAt: 59_999, expiresAt },
      { decidedAt: 60_000, expiresAt },
      { decidedAt: 119_999, expiresAt, slate, userId: userId("bob") },
      { decidedAt: 60_000, expiresAt, arm: "baseline" },
      { decidedAt: 120_000, expiresAt },
      { decidedAt: 60_000, expiresAt, scenario: "feed" },
      { decidedAt: 60_000, expiresAt: expiresAt + 1 },
    ]);
    await store.events.record([
      sampleReward("1", { value: 100 }),
      sampleReward("2", { position: 0, value: 1 }),
      sampleReward("2", { position: 0, type: "buy", value: 2 }),
      sampleReward("2", { position: 1, value: 4 }),
      sampleReward("3", { value: -8 }),
      sampleReward("5", { position: 1, value: 8 }),
      sampleReward("6", { value: 100 }),
      sampleReward("7", { value: 100 }),
    ]);
    const rule = { weights: {}, windowSeconds: 10, defaultReward: 0.5, minimum: -1, maximum: 5 };
    const span = { scenario: "shop", since: 60_000, closedBefore: expiresAt };
    const options = { ...span, bucketSeconds: 60, rule };
    expect(await store.decisions.rewardBuckets(options)).toEqual([
      {
        bucketStart: 60_000,
        arm: "baseline",
        decisions: 1,
        rewardSum: 2 * 0.5,
        users: 1,
        rewardSquares: 1,
        rewardProducts: 1,
        decisionSquares: 1,
      },
      {
        bucketStart: 60_000,
        arm: "serving",
        decisions: 2,
        rewardSum: 1 + 2 + 4 - 1,
        users: 2,
        rewardSquares: 49 + 1,
        rewardProducts: 7 - 1,
        decisionSquares: 2,
      },
      {
        bucketStart: 120_000,
        arm: "serving",
        decisions: 1,
        rewardSum: 0.5 + 5,
        users: 1,
        rewardSquares: 5.5 ** 2,
        rewardProducts: 5.5,
        decisionSquares: 1,
      },
    ]);
    expect(await store.decisions.rewardBuckets({ ...options, since: 120_001 })).toEqual([]);
    const recent = (decidedBefore: number, limit: number) =>
      store.decisions.recentRewards({ scenario: "shop", decidedBefore, limit, rule });
    expect(await recent(120_000, 2)).toEqual([
      { arm: "serving", decisions: 2, rewardSum: 0.5 + 5 - 1 },
    ]);
    expect(await recent(59_998, 9)).toEqual([]);
    await store.close();
  });

  test("whatever the rule, a store settles rewards as the domain does", async () => {
    // Quarters, so that sums are exact in any order.
    const quarter = fc.integer({ min: -40, max: 40 }).map((count) => count / 4);
    const cell = { position: fc.nat(1), type: fc.constantFrom("click", "buy"), value: quarter };
    const slates = fc.array(fc.array(fc.record(cell), { maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    const ranges = fc.record({
      minimum: quarter,
      defaultReward: quarter,
      width: fc.integer({ min: 1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(slates, ranges, async (decisions, { minimum, defaultReward, width }) => {
        const store = await open();
        const rule = {
          weights: {},
          windowSeconds: 1,
          defaultReward,
          minimum,
          maximum: minimum + width,
        };
        await appendAll(
          store,
          decisions.map(() => ({})),
        );
        for (const [index, events] of decisions.entries())
          await store.events.record(events.map((event) => sampleReward(String(index + 1), event)));
        const page = { scenario: "shop", after: 0, closedBefore: 2000, limit: 9 };
        const settled = (await store.decisions.feedback(page)).flatMap(({ rewards }) =>
          rewards.map((reward) => settleReward(reward, rule)),
        );
        const rewardSum = settled.reduce((sum, reward) => sum + reward, 0);
        const span = { scenario: "shop", rule, since: 0, closedBefore: 2000 };
        const [user] = await store.decisions.userRewards({
          ...span,
          arm: "serving",
          policyVersion: 1,
        });
        const [bucket] = await store.decisions.rewardBuckets({ ...span, bucketSeconds: 60 });
        const [arm] = await store.decisions.recentRewards({
          ...span,
          decidedBefore: 2000,
          limit: 9,
        });
        expect([user, bucket, arm].map((found) => found?.rewardSum)).toEqual(
          Array(3).fill(rewardSum),
        );
        await store.close();
      }),
      { numRuns: 20 },
    );
  });
}
