import { expect, test } from "vitest";
import { openLiveStore, visitLive } from "../../../../tests/support/live-visits.ts";
import { shopConfiguration } from "../../../../tests/support/shop.ts";
import type {
  CanaryReview,
  PolicyEvidence,
  PromotionAction,
  PromotionReview,
} from "../../../domain/policy-evidence.ts";
import type { Assignment } from "../../../domain/policy-snapshot.ts";
import type { Store } from "../../../storage/store.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { reviewLive } from "./review-live.ts";

const configuration = parseConfiguration(shopConfiguration());
const scenario = configuration.scenarios[0]!;
const arm = { users: 0, rows: 0 };

const review = (version: number, action: PromotionAction): PromotionReview => ({
  version,
  replaced: version - 1,
  since: version,
  looks: 1,
  action,
  reason: "",
  serving: arm,
  holdback: arm,
});
const promotedAt = (at: number) => ({
  promotion: { promotedAt: at, holdbackShare: 0.05, predicted: {} },
});
const ended = (version: number, action: PromotionAction): PolicyEvidence => ({
  ...promotedAt(version),
  realised: review(version, action),
});
const tried: CanaryReview = {
  version: 3,
  since: 0,
  deadline: 1,
  action: "promote",
  reason: "",
  canary: arm,
  serving: arm,
};

async function ask(
  evidence: readonly PolicyEvidence[],
  changes: { readonly canaryShare?: number } = {},
) {
  const store = await openLiveStore(evidence.map((one) => ({ evidence: one })));
  const scene = {
    store,
    scenario,
    now: 1000,
    spread: 0.2,
    configuration: { ...configuration, ...changes },
  };
  return (await reviewLive({ ...scene, hasLoop: false }, { canaryShare: 0 })).onlyLive;
}

test("beside a canary with a new encoder the gate alone promotes nothing", async () => {
  const ndcg = { mean: 0.1, standardError: 0.01 };
  const newEncoder = { throughSequence: 1, ndcg };
  const trial = { since: 0, deadline: 2000 };
  const store = await openLiveStore([
    {},
    { evidence: { newEncoder, trial } },
    { evidence: { trial } },
  ]);
  const scene = { store, scenario, configuration, now: 1000, spread: 0.2 };
  const why = async (canary: number) =>
    (await reviewLive({ ...scene, hasLoop: false }, { serving: 1, canary, canaryShare: 0.1 }))
      .onlyLive;
  expect(await why(2)).toBe("canary 2 tries a new encoder");
  expect(await why(3)).toBeUndefined();
});

const lost = ended(1, "roll-back");
const why = (version: number) =>
  `policy ${version} was rolled back on live rewards, and no promotion has been confirmed since`;

test.each<[string, readonly PolicyEvidence[], string | undefined]>([
  ["nothing was promoted", [{}], undefined],
  ["nothing was rolled back", [ended(1, "confirm"), promotedAt(2)], undefined],
  ["the last promotion was rolled back", [lost], why(1)],
  ["later ones have no end", [lost, promotedAt(2), ended(3, "expire")], why(1)],
  ["a later one was confirmed", [lost, ended(2, "confirm")], undefined],
  ["a later one was proven as a canary", [lost, {}, { ...promotedAt(3), tried }], undefined],
  ["it was rolled back after all", [lost, {}, { ...ended(3, "roll-back"), tried }], why(3)],
  ["it was rolled back again", [lost, ended(2, "confirm"), ended(3, "roll-back")], why(3)],
])("the gate alone may promote or not: %s", async (_, evidence, expected) => {
  expect(await ask(evidence)).toBe(expected);
});

test("reviews that compare the same users since the same moment read them once", async () => {
  const store = await openLiveStore([{}, { evidence: promotedAt(10_000) }]);
  const read: unknown[] = [];
  const decisions: Store["decisions"] = {
    ...store.decisions,
    userRewards: (options) => {
      read.push([options.arm, options.policyVersion, options.since]);
      return store.decisions.userRewards(options);
    },
  };
  const assignment = { serving: 2, holdback: 1, holdbackShare: 0.25, canaryShare: 0 };
  const scene = {
    store: { ...store, decisions },
    scenario,
    now: 86_400_000,
    configuration,
    spread: 0.2,
  };
  await reviewLive({ ...scene, hasLoop: false }, assignment);
  expect(read).toEqual([
    ["serving", 2, 10_000],
    ["holdback", 1, 10_000],
    ["baseline", undefined, 10_000],
  ]);
});

test("the cycle's own look at the promotion counts", async () => {
  const day = 86_400_000;
  const store = await openLiveStore([{}, { evidence: promotedAt(10_000) }]);
  await visitLive(store, {
    arm: "serving",
    policyVersion: 2,
    users: 300,
    chance: 0.2,
    since: 20_000,
  });
  await visitLive(store, {
    arm: "holdback",
    policyVersion: 1,
    users: 100,
    chance: 0.4,
    since: 20_000,
  });
  const assignment = { serving: 2, holdback: 1, holdbackShare: 0.25, canaryShare: 0 };
  const found = await reviewLive(
    { store, scenario, now: day, spread: 0.2, configuration, hasLoop: false },
    assignment,
  );
  expect(found.promotion?.action).toBe("roll-back");
  expect(found.onlyLive).toBe(why(2));
});

test("without users for canaries the gate alone promotes, for nothing else can", async () => {
  expect(await ask([lost], { canaryShare: 0 })).toBeUndefined();
});

test("a fast loop leaves it to live rewards, since it would learn from its own choices", async () => {
  const store = await openLiveStore([]);
  const scene = { store, scenario, now: 1000, spread: 0.2, configuration };
  const onlyLive = async (hasLoop: boolean) =>
    (await reviewLive({ ...scene, hasLoop }, { canaryShare: 0 })).onlyLive;
  expect(await onlyLive(true)).toMatch(/^the fast loop is on, and would learn/);
  expect(await onlyLive(false)).toBeUndefined();
});

const day = 86_400_000;
const now = 60 * day;
const anchored: Assignment = { serving: 3, canaryShare: 0, anchor: 1, anchorSince: 10 * day };

const reviewAnchored = async (store: Store, assignment: Assignment) =>
  (
    await reviewLive(
      { store, scenario, now, spread: 0.2, configuration, hasLoop: false },
      assignment,
    )
  ).anchor;

test("all policies that served in the last four weeks are compared with the anchor", async () => {
  const store = await openLiveStore([{}, {}, {}]);
  const since = now - 28 * day;
  await visitLive(store, { arm: "serving", policyVersion: 2, users: 200, chance: 0.6, since });
  await visitLive(store, { arm: "serving", policyVersion: 3, users: 300, chance: 0.6, since });
  await visitLive(store, { arm: "anchor", policyVersion: 1, users: 100, chance: 0.3, since });
  const old = { arm: "serving", policyVersion: 2, users: 50, chance: 0, since: since - 1 } as const;
  await visitLive(store, old);
  const found = await reviewAnchored(store, anchored);
  expect(found).toMatchObject({
    version: 1,
    since,
    serving: { rows: 2500 },
    anchor: { rows: 500 },
  });
  expect(Math.abs(found!.difference! - 0.3)).toBeLessThan(4 * found!.standardError!);
  const young = { ...anchored, anchorSince: now - day };
  expect(await reviewAnchored(store, young)).toMatchObject({ since: now - day });
});

test.each([
  ["without an anchor", { serving: 3, canaryShare: 0 }],
  ["while it is the serving policy", { ...anchored, anchor: 3 }],
])("there is nothing to compare %s", async (_, assignment) => {
  expect(await reviewAnchored(await openLiveStore([{}]), assignment)).toBeUndefined();
});

test.each([
  ["a tenth of the clicks fewer are too few to act on", 0.36, undefined],
  [
    "half of the clicks are not",
    0.2,
    /^Policy 1 live: worse by 0\.\d+ a row, 99 % bounds -0\.\d+ and -0\.\d+, 1500 users against 300 of the baseline\.$/,
  ],
])("a policy that the baseline beats is found: %s", async (_, chance, expected) => {
  const store = await openLiveStore([{ createdAt: 100 }, { kind: "popularity" }]);
  const visits = { since: 200, policyVersion: 1 };
  await visitLive(store, { ...visits, arm: "serving", users: 1500, chance });
  await visitLive(store, { ...visits, arm: "baseline", policyVersion: 2, users: 300, chance: 0.4 });
  const scene = { store, scenario, now: 1_000_000, spread: 0.2, configuration, hasLoop: false };
  const { beaten } = await reviewLive(scene, { serving: 1, baseline: 2, canaryShare: 0 });
  if (expected === undefined) expect(beaten).toBeUndefined();
  else expect(beaten).toMatch(expected);
});

test("earnings of before a change of tastes don't hide that the baseline beats a policy since", async () => {
  const store = await openLiveStore([{ createdAt: 0 }, { kind: "popularity" }]);
  const visit = async (since: number, users: readonly [number, number], chance: number) => {
    const [serving, baseline] = users;
    await visitLive(store, { arm: "serving", policyVersion: 1, users: serving, chance, since });
    await visitLive(store, {
      arm: "baseline",
      policyVersion: 2,
      users: baseline,
      chance: 0.4,
      since,
    });
  };
  await visit(0, [1800, 300], 0.7);
  await visit(800_000, [1000, 200], 0.2);
  const beatenAt = async (at: number) => {
    const scene = { store, scenario, now: at, spread: 0.2, configuration, hasLoop: false };
    return (await reviewLive(scene, { serving: 1, baseline: 2, canaryShare: 0 })).beaten;
  };
  expect(await beatenAt(800_000)).toBeUndefined();
  expect(await beatenAt(1_000_000)).toMatch(
    /^Policy 1 live in the newest half of its time: worse by 0\.\d+ a row, .*, 1000 users against 200 of the baseline\.$/,
  );
});
