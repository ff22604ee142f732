import { expect, test } from "vitest";
import { openAds, sampleCampaign } from "../../../tests/support/ads.ts";
import { openAuditedShop } from "../../../tests/support/audited-shop.ts";
import { openTestEngine, startOfTests } from "../../../tests/support/engine.ts";
import { ann, openShop, shopConfiguration } from "../../../tests/support/shop.ts";

const seconds = 1000;
/** Each item is shown to a user once an hour. */
const once = { rules: { repetition: [{ showings: 1, hours: 1 }] } };

test("a deferred decision counts for nothing until it is activated, and from then on", async () => {
  const { engine, store, clock, advance, run } = await openAuditedShop({ scenario: once });
  const made = await engine.recommend({ userId: ann, deferred: true });
  expect(made).toMatchObject({
    isDeferred: true,
    decision: { expiresAt: clock() + 600 * seconds },
  });
  const { decisionId, slate } = made.decision;
  expect([await engine.countDecisions(), await engine.findDecision(decisionId)]).toEqual([
    ...[0, undefined],
  ]);
  const all = await engine.recommend({ userId: "bob", slateSize: 6 });
  const before = await engine.recommend({ userId: ann, slateSize: 1 });
  expect(before.decision.candidates).toHaveLength(all.decision.slate.length);
  advance(500);
  const shown = await engine.activateDecision(decisionId);
  expect(shown).toEqual({
    ...made.decision,
    drawnAt: startOfTests,
    decidedAt: clock(),
    expiresAt: clock() + 600 * seconds,
  });
  expect((await store.decisions.find(decisionId))?.decision).toEqual(shown);
  advance(10);
  expect(await engine.activateDecision(decisionId)).toEqual(shown);
  const after = await engine.recommend({ userId: ann, slateSize: 1 });
  const left = after.decision.candidates.map(({ itemId }) => itemId);
  expect(left.filter((item) => slate.includes(item))).toEqual([]);
  expect(await run()).toMatchObject({ decisions: 4, findings: [] });
});

test("its rules are derived as of the time at which it was drawn", async () => {
  const { engine, advance, run, tamper } = await openAuditedShop({ scenario: once });
  await engine.recommend({ userId: ann });
  advance(3500);
  const { decision } = await engine.recommend({ userId: ann, deferred: true });
  expect(decision.candidates).toHaveLength(4);
  // By now the first slate is more than an hour old.
  advance(200);
  await engine.activateDecision(decision.decisionId);
  expect(await run()).toMatchObject({ decisions: 2, findings: [] });
  tamper("UPDATE decisions SET drawn_at = NULL WHERE decision_id = 'd-2'");
  expect((await run()).findings).toMatchObject([{ decisionId: "d-2", cause: "tampered-row" }]);
});

test("events that come before its activation count from then on, each once", async () => {
  const { engine, store, clock, advance } = await openShop();
  const { decision } = await engine.recommend({ userId: ann, deferred: true });
  const { decisionId, slate } = decision;
  const click = { type: "click", userId: ann, itemId: slate[0]!, decisionId, eventId: "e" };
  const buy = { type: "buy", userId: ann, itemId: slate[1]!, decisionId };
  advance(60);
  expect(await engine.record([click, buy])).toMatchObject({ outcomes: ["deferred", "deferred"] });
  expect(await engine.record([click])).toMatchObject({ counts: { duplicate: 1, deferred: 0 } });
  expect([await store.events.count(), (await engine.findUser(ann))?.attributes]).toEqual([
    ...[0, undefined],
  ]);
  const occurredAt = clock();
  advance(500);
  await engine.activateDecision(decisionId);
  const found = await engine.findDecision(decisionId);
  expect(found?.feedback.rewards).toEqual([1, 4]);
  const history = await store.events.history(ann, { asOf: await store.sequence(), limit: 9 });
  expect(history.map((event) => event.occurredAt)).toEqual([occurredAt, occurredAt]);
  expect(await engine.record([click])).toMatchObject({ outcomes: ["duplicate"] });
  // The window began with the activation.
  advance(500);
  expect(await engine.record([{ ...click, eventId: "f" }])).toMatchObject({
    outcomes: ["rewarded"],
  });
});

test("events that don't fit a deferred decision are refused when they come", async () => {
  const { engine } = await openShop();
  const { decision } = await engine.recommend({ userId: ann, deferred: true });
  const event = { userId: ann, itemId: decision.slate[0]! };
  const named = ({ userId, itemId }: { readonly userId: string; readonly itemId: string }) =>
    engine.record([{ type: "click", userId, itemId, decisionId: decision.decisionId }]);
  await expect(named({ ...event, userId: "bob" })).rejects.toThrow(/made for another user/);
  await expect(named({ ...event, itemId: "none" })).rejects.toThrow(/did not show it/);
});

test("one that is unknown, or was not activated in time, is not found", async () => {
  const { engine, advance } = await openShop();
  const { decision } = await engine.recommend({ userId: ann, deferred: true });
  advance(600);
  for (const id of [decision.decisionId, "none"])
    await expect(engine.activateDecision(id)).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining(`no decision '${id}': it was never made, or not activated`),
      details: { decisionId: id },
    });
  await expect(engine.activateDecision("")).rejects.toMatchObject({ code: "invalid_request" });
});

test("a decision that was not deferred is active, and stays as it is", async () => {
  const { engine, advance } = await openShop();
  const { decision } = await engine.recommend({ userId: ann });
  advance(10);
  expect(await engine.activateDecision(decision.decisionId)).toEqual(decision);
});

test("a key leads to its deferred decision, whose sender knows that it is deferred", async () => {
  const { engine } = await openShop();
  const request = { userId: ann, idempotencyKey: "letter-1" };
  const made = await engine.recommend({ ...request, deferred: true });
  const again = { ...made, isRepeated: true };
  expect(await engine.recommend({ ...request, deferred: true })).toEqual(again);
  await expect(engine.recommend(request)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/has led to a deferred decision/),
  });
  const decision = await engine.activateDecision(made.decision.decisionId);
  expect(await engine.recommend({ ...request, deferred: true })).toEqual({
    decision,
    isRepeated: true,
  });
});

test("a batch defers those that ask for it, or none of it is kept", async () => {
  const { engine, store } = await openShop();
  const requests = [
    { userId: ann, deferred: true },
    { userId: ann, slateSize: 1 },
  ];
  const nobody = { userId: ann, rules: { filter: "category = 'none'" } };
  await expect(engine.recommendBatch({ requests: [...requests, nobody] })).rejects.toMatchObject({
    code: "no_candidates",
  });
  expect((await store.documents.list("deferred", 9)).length).toBe(0);
  const [later, now] = await engine.recommendBatch({ requests, distinct: true });
  expect([later?.isDeferred, now?.isDeferred]).toEqual([true, undefined]);
  expect(later?.decision.slate).not.toContain(now?.decision.slate[0]);
  expect(await engine.countDecisions()).toBe(1);
});

test("processes that activate a decision and record its events at once lose none", async () => {
  const shop = await openAuditedShop();
  const other = await openTestEngine(shopConfiguration(), shop.path, "other");
  const { decision } = await shop.engine.recommend({ userId: ann, deferred: true });
  const { decisionId, slate } = decision;
  const send = ({ engine }: Pick<typeof other, "engine">, number: number) =>
    engine.record([
      { type: "seen", userId: ann, itemId: slate[0]!, decisionId, eventId: `e-${number}` },
    ]);
  await Promise.all([
    ...Array.from({ length: 10 }, (_, number) => send(number % 2 ? shop : other, number)),
    ...[shop, other, shop].map(({ engine }) => engine.activateDecision(decisionId)),
    ...Array.from({ length: 10 }, (_, number) => send(number % 2 ? other : shop, 10 + number)),
  ]);
  expect([await shop.store.events.count(), await shop.engine.countDecisions()]).toEqual([20, 1]);
  await other.close();
});

test("ads of a deferred slate cost nothing until it is activated", async () => {
  const { engine, run } = await openAds([
    sampleCampaign("a", { pays: "impression", budget: { total: 1 } }),
  ]);
  const made = [];
  for (const userId of ["ann", "bob"])
    made.push((await engine.recommend({ userId, deferred: true })).decision.decisionId);
  const report = async () => {
    const [{ impressions, spend } = {}] = await engine.reportCampaigns();
    return { impressions, spend };
  };
  expect(await report()).toEqual({ impressions: 0, spend: 0 });
  await engine.activateDecision(made[0]!);
  expect(await report()).toEqual({ impressions: 1, spend: 1 });
  await expect(engine.activateDecision(made[1]!)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("campaign 'a' doesn't take part at its price any more"),
    details: { decisionId: made[1], campaignId: "a" },
  });
  await engine.putCampaigns([sampleCampaign("a", { pays: "impression", budget: { total: 2 } })]);
  await engine.activateDecision(made[1]!);
  expect(await report()).toEqual({ impressions: 2, spend: 2 });
  expect(await run()).toMatchObject({ decisions: 2, findings: [] });
});

test("a frequency cap holds when slates are activated, and a lower bid is no longer their price", async () => {
  const capped = { frequencyCap: { showings: 1, hours: 1 } };
  const { engine, run } = await openAds([sampleCampaign("a", capped)]);
  const draw = async (userId: string) =>
    (await engine.recommend({ userId, deferred: true })).decision.decisionId;
  const [first, second, third] = [await draw("ann"), await draw("ann"), await draw("bob")];
  const click = { type: "click", userId: "ann", itemId: "ad-a", decisionId: first };
  await engine.record([click]);
  await engine.activateDecision(first);
  expect(await engine.reportCampaigns()).toMatchObject([{ impressions: 1, spend: 1 }]);
  await expect(engine.activateDecision(second)).rejects.toMatchObject({ code: "conflict" });
  await engine.putCampaigns([sampleCampaign("a", { ...capped, bid: 0.5 })]);
  await expect(engine.activateDecision(third)).rejects.toMatchObject({ code: "conflict" });
  await engine.putCampaigns([sampleCampaign("a", { ...capped, bid: 2 })]);
  expect((await engine.activateDecision(third)).ads).toMatchObject([{ bid: 1 }]);
  expect(await run()).toMatchObject({ decisions: 2, findings: [] });
});
