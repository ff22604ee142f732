import { expect, test } from "vitest";
import { openLiveStore, visitLive } from "../../../../tests/support/live-visits.ts";
import { sampleDecision, sampleReward } from "../../../../tests/support/sample.ts";
import { shopConfiguration } from "../../../../tests/support/shop.ts";
import type { GuardMetric } from "../../../domain/guard-metric.ts";
import { itemId, userId } from "../../../domain/ids.ts";
import type { Assignment } from "../../../domain/policy-snapshot.ts";
import { createRandom } from "../../../numeric/random.ts";
import type { Store } from "../../../storage/store.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { reviewTrial } from "./review-trial.ts";

const [since, now] = [10_000, 50_000];
const trial = { since, deadline: now + 1 };
const assignment: Assignment = { serving: 1, canary: 2, canaryShare: 0.25 };
const arms = [
  { arm: "serving", policyVersion: 1, users: 300, chance: 0.4, since },
  { arm: "canary", policyVersion: 2, users: 300, chance: 0.6, since },
] as const;

/** Buys in a share of the visits of each arm, beside the clicks that the canary has more of. */
async function open(shares: { readonly serving: number; readonly canary: number }) {
  const evidence = { verdict: "canary", reason: "Canary: better", trial } as const;
  const store = await openLiveStore([{ status: "serving" }, { status: "canary", evidence }]);
  for (const visits of arms) {
    await visitLive(store, visits);
    const random = createRandom(5).split(visits.arm);
    const name = `${visits.arm}-${visits.policyVersion}-${since}`;
    const ids = Array.from({ length: 1500 }, (_, index) => `${name}-${index}`);
    const bought = ids.filter(() => random.uniform() < shares[visits.arm]);
    await store.events.record(bought.map((id) => sampleReward(id, { type: "buy", value: 0 })));
  }
  return store;
}

const review = (store: Store, guards: readonly GuardMetric[], changes = {}) => {
  const weights = { click: 5, buy: 0, gift: 0 };
  const reward = { weights, windowSeconds: 600, graceSeconds: 0, maximum: 5 };
  const configuration = parseConfiguration(shopConfiguration({ scenario: { guards, reward } }));
  const scenario = configuration.scenarios[0]!;
  const scene = { store, scenario, now, holdbackShare: 0.05, spread: 0.2, ...changes };
  return reviewTrial({ ...scene, assignment });
};

test("a canary that earns more and keeps its guard metric takes over, with the numbers", async () => {
  const found = await review(await open({ serving: 0.5, canary: 0.5 }), [
    { type: "buy", margin: 0.2 },
  ]);
  expect(found.canary).toMatchObject({ action: "promote" });
  const [guard] = found.canary!.guards!;
  expect(guard).toMatchObject({ name: "change of buy", passed: true });
  expect(guard!.metric).toMatchObject({ margin: 0.2, isDecided: true });
  expect(Math.abs(guard!.metric!.outcomes - 1500)).toBeLessThan(100);
  expect(found.statuses.at(-1)?.evidence?.tried?.guards).toEqual([guard]);
});

test("one that earns more at the cost of its guard metric leaves", async () => {
  const found = await review(await open({ serving: 0.5, canary: 0.3 }), [
    { type: "buy", margin: 0.2 },
  ]);
  expect(found.canary).toMatchObject({ action: "lose", guards: [{ passed: false }] });
  expect(found.canary!.reason).toMatch(
    /^Canary 2 live: better by .*; it leaves\. Held by its guards: change of buy -0\.\d+ is below its limit -0\.\d+\.$/,
  );
  expect(found.assignment).toEqual({ serving: 1, canaryShare: 0 });
});

test("one whose guard metric has too few events stays until its deadline", async () => {
  const store = await open({ serving: 0.5, canary: 0.5 });
  const guards = [{ type: "buy", margin: 0.01 }];
  const found = await review(store, guards);
  expect(found.canary).toMatchObject({
    action: "keep",
    guards: [{ passed: false, metric: { isDecided: false } }],
    reason: expect.stringMatching(
      /it stays a canary\. Not enough data for its guard metrics: change of buy has a margin of 1 %, and its traffic can decide one of \d/,
    ),
  });
  expect((await review(store, guards, { now: now + 1 })).canary).toMatchObject({
    action: "expire",
  });
});

test("a guard metric that was never seen lets nothing through, and says so", async () => {
  const store = await open({ serving: 0.5, canary: 0.5 });
  const found = await review(store, [{ type: "gift", margin: 0.5 }]);
  expect(found.canary).toMatchObject({
    action: "keep",
    reason: expect.stringContaining("change of gift can't be told, since none came yet"),
  });
});

test("a segment is judged on its own users", async () => {
  const store = await open({ serving: 0.5, canary: 0.5 });
  const users = Array.from({ length: 300 }, (_, index) => index);
  await store.users.put(
    ["serving", "canary"].flatMap((arm) =>
      users.map((user) => ({
        userId: userId(`${arm}-${user}`),
        attributes: { country: user < 150 ? "SE" : "NO" },
      })),
    ),
  );
  const segments = [{ attribute: "country", values: ["SE", "FI"] }];
  const found = await review(store, [{ type: "buy", margin: 0.3, segments }]);
  const [all, swedish, finnish] = found.canary!.guards!;
  expect([all, swedish].map((one) => one?.passed)).toEqual([true, true]);
  expect(Math.abs(2 * swedish!.metric!.outcomes - all!.metric!.outcomes)).toBeLessThan(150);
  expect(finnish).toMatchObject({
    name: "change of buy of country FI",
    value: 0,
    passed: false,
    metric: { outcomes: 0, isDecided: false },
  });
  expect(found.canary!.action).toBe("keep");
});

/** 300 users in each arm, who come back after half a day with a chance that is the arm's. */
async function openReturns(chances: { readonly serving: number; readonly canary: number }) {
  const evidence = { verdict: "canary", reason: "Canary: better", trial } as const;
  const store = await openLiveStore([{ status: "serving" }, { status: "canary", evidence }]);
  for (const visits of arms) {
    await visitLive(store, visits);
    const { arm, policyVersion, users } = visits;
    const random = createRandom(5).split(arm);
    const decidedAt = since + 43_200_000;
    const back = Array.from({ length: users }, (_, user) =>
      sampleDecision(`back-${arm}-${user}`, {
        userId: userId(`${arm}-${user}`),
        slate: [itemId("a")],
        arm,
        policyVersion,
        decidedAt,
        expiresAt: decidedAt + 600,
      }),
    );
    await store.decisions.append(...back.filter(() => random.uniform() < chances[arm]));
  }
  return store;
}

const twoDays = 172_800_000;
const returning = [{ measure: "returnWithinDay", margin: 0.25 }] as const;

const later = { now: since + twoDays };

test("a canary that earns more and whose users come back as often takes over", async () => {
  const kept = await review(await openReturns({ serving: 0.6, canary: 0.6 }), returning, later);
  expect(kept.canary).toMatchObject({
    action: "promote",
    guards: [{ name: "change of returnWithinDay", passed: true, metric: { isDecided: true } }],
  });
  expect(kept.canary!.guards![0]!.metric!.outcomes).toBe(600);
});

test("one that earns more and whose users come back less often leaves", async () => {
  const lost = await review(await openReturns({ serving: 0.6, canary: 0.3 }), returning, later);
  expect(lost.canary).toMatchObject({ action: "lose", guards: [{ passed: false }] });
  expect(lost.canary!.guards![0]!.value).toBeCloseTo(-0.5, 0);
});

test("before anybody could have come back a measure of activity lets nothing through", async () => {
  const found = await review(await openReturns({ serving: 0, canary: 0 }), returning);
  expect(found.canary).toMatchObject({
    action: "keep",
    reason: expect.stringContaining("change of returnWithinDay can't be told"),
  });
});

test("a measure of activity is judged on a segment's own users", async () => {
  const store = await openReturns({ serving: 0.6, canary: 0.6 });
  await store.users.put(
    ["serving", "canary"].flatMap((arm) =>
      Array.from({ length: 150 }, (_, user) => ({
        userId: userId(`${arm}-${user}`),
        attributes: { country: "SE" },
      })),
    ),
  );
  const segments = [{ attribute: "country", values: ["SE"] }];
  const guards = [{ measure: "returnWithinDay", margin: 0.3, segments }] as const;
  const found = await review(store, guards, { now: since + twoDays });
  expect(found.canary!.guards!.map(({ metric }) => metric?.outcomes)).toEqual([600, 300]);
});
