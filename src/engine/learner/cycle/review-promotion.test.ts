import { describe, expect, test } from "vitest";
import { openLiveStore, visitLive } from "../../../../tests/support/live-visits.ts";
import { shopConfiguration } from "../../../../tests/support/shop.ts";
import type { PolicyEvidence } from "../../../domain/policy-evidence.ts";
import type { Assignment } from "../../../domain/policy-snapshot.ts";
import type { Store } from "../../../storage/store.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { reviewPromotion } from "./review-promotion.ts";

const scenario = parseConfiguration(shopConfiguration()).scenarios[0]!;
const promotedAt = 10_000;
const now = 50_000;
const promotion = { replaced: 1, promotedAt, holdbackShare: 0.25, predicted: { difference: 0.1 } };
const evidence: PolicyEvidence = { verdict: "promote", promotion };
const assignment: Assignment = { serving: 2, canaryShare: 0, holdback: 1, holdbackShare: 0.25 };

interface Visits {
  readonly arm: "serving" | "holdback";
  readonly users: number;
  /** Chance of a click on each visit, which brings the rule's greatest reward. */
  readonly chance: number;
  readonly decidedAt?: number;
}

const visit = (store: Store, { decidedAt = promotedAt, ...some }: Visits) =>
  visitLive(store, { ...some, policyVersion: assignment[some.arm]!, since: decidedAt });

async function open(visits: readonly Visits[], known: PolicyEvidence = {}): Promise<Store> {
  const store = await openLiveStore([
    { status: "holdback" },
    { evidence: { ...evidence, ...known } },
  ]);
  for (const some of visits) await visit(store, some);
  return store;
}

const review = (store: Store, changes: Partial<Assignment> = {}) =>
  reviewPromotion({ store, scenario, now, assignment: { ...assignment, ...changes } });

describe("a promoted policy", () => {
  const good: Visits = { arm: "serving", users: 300, chance: 0.6 };
  const bad: Visits = { arm: "serving", users: 300, chance: 0.2 };
  const before: Visits = { arm: "holdback", users: 100, chance: 0.4 };

  test("that is worse is rolled back to the kept snapshot, with the numbers and its canary gone", async () => {
    const store = await open([bad, before]);
    const changes = { canary: 3, canaryShare: 0.5, baseline: 4, waiting: 5, retriever: 1 };
    const reviewed = await review(store, changes);
    const { promotion: told } = reviewed;
    expect(told).toMatchObject({ version: 2, replaced: 1, since: promotedAt, looks: 1 });
    expect(told).toMatchObject({
      action: "roll-back",
      serving: { users: 300, rows: 1500 },
      holdback: { users: 100, rows: 500 },
    });
    expect(Math.abs(told!.difference! + 0.2)).toBeLessThan(4 * told!.standardError!);
    expect(told!.interval![1]).toBeLessThan(0);
    expect(told!.reason).toMatch(
      /^Policy 2 live: worse by 0\.\d+ a row, 99 % bounds -.*the policy before serves again\.$/,
    );
    expect(reviewed.assignment).toEqual({ serving: 1, canaryShare: 0, baseline: 4, retriever: 1 });
    expect(reviewed.statuses).toEqual([
      { version: 2, status: "rolled-back", evidence: { ...evidence, realised: told } },
      { version: 1, status: "serving" },
      { version: 3, status: "undecided" },
      { version: 5, status: "retired" },
    ]);
  });

  test("that is better is confirmed: it retrieves from now on, and nobody keeps the old one", async () => {
    const reviewed = await review(await open([good, before]), { retriever: 1 });
    expect(reviewed.promotion).toMatchObject({ action: "confirm" });
    expect(reviewed.promotion!.relativeLift).toBeGreaterThan(0);
    expect(reviewed.assignment).toEqual({ serving: 2, canaryShare: 0, retriever: 2 });
    expect(reviewed.statuses).toMatchObject([
      { version: 2, status: "serving" },
      { version: 1, status: "retired" },
    ]);
  });

  const same: Visits = { arm: "serving", users: 300, chance: 0.4 };

  test("that is no different goes on being compared, and its looks are counted", async () => {
    const store = await open([same, before]);
    const first = await review(store);
    expect(first).toMatchObject({ assignment, promotion: { action: "keep", looks: 1 } });
    await store.policies.apply({ statuses: first.statuses });
    expect((await review(store)).promotion).toMatchObject({ action: "keep", looks: 2 });
  });

  test("is held against the one before by what each user earned where a discount counts whole sessions", async () => {
    const store = await open([bad, before]);
    const long = { ...scenario, discount: 0.9 };
    const { promotion: told } = await reviewPromotion({ store, scenario: long, now, assignment });
    expect(told).toMatchObject({ action: "roll-back", serving: { users: 300, rows: 300 } });
    // Five visits a user, a click more or less in five of them.
    expect(Math.abs(told!.difference! + 1)).toBeLessThan(4 * told!.standardError!);
    expect(told!.reason).toMatch(/worse by [\d.]+ a user,/);
  });

  test("that is no different stands after twenty looks, but not before two weeks, and does not retrieve", async () => {
    const arm = { users: 0, rows: 0 };
    const realised = {
      ...({ version: 2, replaced: 1, action: "keep", reason: "", looks: 19 } as const),
      since: promotedAt,
      serving: arm,
      holdback: arm,
    };
    const store = await open([same, before], { realised });
    const later = promotedAt + 14 * 86_400_000;
    const soon = await reviewPromotion({ store, scenario, now: later - 1, assignment });
    expect(soon.promotion).toMatchObject({ action: "keep", looks: 20 });
    const reviewed = await reviewPromotion({
      store,
      scenario,
      now: later,
      assignment: { ...assignment, retriever: 1 },
    });
    expect(reviewed.promotion).toMatchObject({ action: "expire", looks: 20 });
    expect(reviewed.assignment).toEqual({ serving: 2, canaryShare: 0, retriever: 1 });
  });

  test("of which little is known stays, whatever it says", async () => {
    const few = await open([bad, { ...before, users: 19 }]);
    const { promotion: told } = await review(few);
    expect(told).toMatchObject({ action: "keep", holdback: { users: 19 } });
    expect(told!.reason).toContain("too few to tell, 300 users against 19");
  });

  test("is not charged with what came before it, or has not closed", async () => {
    const early = { ...bad, decidedAt: promotedAt - 1 };
    const late = { ...bad, decidedAt: now };
    const { promotion: told } = await review(await open([same, before, early, late]));
    expect(told).toMatchObject({ action: "keep", serving: { rows: 1500 } });
  });
});

test.each([
  ["without a holdback", { holdback: undefined }],
  ["where nothing serves", { serving: undefined }],
])("there is nothing to compare %s", async (_, changes) => {
  const store = await open([]);
  const assigned = JSON.parse(JSON.stringify({ ...assignment, ...changes })) as Assignment;
  const input = { store, scenario, now, assignment: assigned };
  expect(await reviewPromotion(input)).toEqual({ assignment: assigned, statuses: [] });
});
