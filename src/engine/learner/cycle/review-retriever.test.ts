import { expect, test } from "vitest";
import { openLiveStore, visitLive } from "../../../../tests/support/live-visits.ts";
import { shopConfiguration } from "../../../../tests/support/shop.ts";
import type { PromotionReview } from "../../../domain/policy-evidence.ts";
import type { Assignment } from "../../../domain/policy-snapshot.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { reviewPromotion } from "./review-promotion.ts";

const scenario = parseConfiguration(shopConfiguration()).scenarios[0]!;
const since = 10_000;
const now = 50_000;
const dayMs = 86_400_000;
const promotion = { replaced: 1, promotedAt: since, holdbackShare: 0.25, predicted: {} };
const promoted: Assignment = {
  serving: 2,
  canaryShare: 0,
  retriever: 1,
  holdback: 1,
  holdbackShare: 0.25,
};
const tried: Assignment = { ...promoted, holdback: 2 };
const none = { users: 0, rows: 0 };
const begun = {
  version: 2,
  replaced: 1,
  since,
  looks: 0,
  action: "keep",
  reason: "",
  serving: none,
  holdback: none,
} as const satisfies PromotionReview;

/** Policy 2 with the new retriever, which the holdback has, and with the one before, each with a chance of a click. */
async function compare(
  [chance, before]: readonly [number, number],
  options: { readonly looks?: number; readonly now?: number } = {},
) {
  const retrieval = { ...begun, looks: options.looks ?? 0 };
  const store = await openLiveStore([
    { status: "retired" },
    { evidence: { promotion, retrieval } },
  ]);
  const visits = { policyVersion: 2, since };
  await visitLive(store, { ...visits, arm: "holdback", users: 100, chance, retriever: 2 });
  await visitLive(store, { ...visits, arm: "serving", users: 300, chance: before, retriever: 1 });
  return reviewPromotion({ store, scenario, now: options.now ?? now, assignment: tried });
}

test("a confirmed policy retrieves for the holdback, which gets the same policy as the others", async () => {
  const store = await openLiveStore([{ status: "holdback" }, { evidence: { promotion } }]);
  const visits = { since, retriever: 1 };
  await visitLive(store, { ...visits, arm: "serving", policyVersion: 2, users: 300, chance: 0.6 });
  await visitLive(store, { ...visits, arm: "holdback", policyVersion: 1, users: 100, chance: 0.4 });
  const reviewed = await reviewPromotion({ store, scenario, now, assignment: promoted });
  expect(reviewed.promotion).toMatchObject({ action: "confirm" });
  expect(reviewed.assignment).toEqual(tried);
  const reason =
    "Policy 2 retrieves the candidates of 25 % of the users, for the others retriever 1 does.";
  expect(reviewed.retrieval).toEqual({ ...begun, since: now, reason });
  expect(reviewed.statuses).toMatchObject([
    { version: 2, status: "serving", evidence: { retrieval: reviewed.retrieval } },
    { version: 1, status: "retired" },
  ]);
});

test("a retriever that earns less leaves, and the one before stays", async () => {
  const { assignment, statuses, retrieval, promotion: other } = await compare([0.2, 0.4]);
  expect(retrieval).toMatchObject({ version: 2, replaced: 1, looks: 1, action: "roll-back" });
  expect(retrieval!.reason).toMatch(
    /^Retriever 2 live: worse by 0\.\d+ a row, .*, 100 users against 300 with retriever 1; it does not retrieve any more\.$/,
  );
  expect(assignment).toEqual({ serving: 2, canaryShare: 0, retriever: 1 });
  expect(statuses).toMatchObject([{ version: 2, status: "serving", evidence: { retrieval } }]);
  expect(other).toBeUndefined();
});

test("a retriever that is proven not to be worse retrieves for all", async () => {
  const { assignment, retrieval } = await compare([0.6, 0.4]);
  expect(retrieval).toMatchObject({ action: "confirm" });
  expect(assignment).toEqual({ serving: 2, canaryShare: 0, retriever: 2 });
});

test("a retriever of which nothing was found goes on being compared, and leaves after twenty looks and two weeks", async () => {
  const early = await compare([0.4, 0.4], { looks: 19 });
  expect(early).toMatchObject({ assignment: tried, retrieval: { action: "keep", looks: 20 } });
  const late = await compare([0.4, 0.4], { looks: 19, now: since + 14 * dayMs });
  expect(late.retrieval).toMatchObject({ action: "expire", looks: 20 });
  expect(late.assignment).toEqual({ serving: 2, canaryShare: 0, retriever: 1 });
});

test("a comparison whose beginning is not known begins anew", async () => {
  const store = await openLiveStore([{ status: "retired" }, { evidence: { promotion } }]);
  const visits = { policyVersion: 2, since };
  await visitLive(store, { ...visits, arm: "holdback", users: 100, chance: 0.6, retriever: 2 });
  await visitLive(store, { ...visits, arm: "serving", users: 300, chance: 0.2, retriever: 1 });
  const reviewed = await reviewPromotion({ store, scenario, now, assignment: tried });
  expect(reviewed.retrieval).toMatchObject({ since: now, looks: 1, action: "keep", serving: none });
});
