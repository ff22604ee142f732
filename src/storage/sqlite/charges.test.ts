import { expect, test } from "vitest";
import { openAds, sampleCampaign } from "../../../tests/support/ads.ts";

const onlyA = { userId: "ann", candidates: [{ itemId: "ad-a" }] };

async function openBudget(budget: { day?: number; total?: number }) {
  const shop = await openAds([
    sampleCampaign("a", { budget }),
    sampleCampaign("house", { bid: 0.01 }),
  ]);
  const show = () => shop.engine.recommend(onlyA).then(({ decision }) => decision);
  const click = (decisionId: string) =>
    shop.engine.record([{ type: "click", userId: "ann", itemId: "ad-a", decisionId }]);
  const report = async () => (await shop.engine.reportCampaigns({ scenario: "shop" }))[0]!;
  return { ...shop, show, click, report };
}

test("outstanding impressions reserve the budget, and give it back when they lapse", async () => {
  const { advance, show, click, report, run } = await openBudget({ day: 2 });
  const first = await show();
  await show();
  expect(await report()).toMatchObject({ spend: 0, reserved: 2, status: "exhausted" });
  await expect(show()).rejects.toMatchObject({ code: "no_candidates" });
  await click(first.decisionId);
  expect(await report()).toMatchObject({ spend: 1, reserved: 1 });
  advance(60);
  const third = await show();
  expect(await report()).toMatchObject({ impressions: 3, spend: 1, reserved: 1 });
  await click(third.decisionId);
  advance(60);
  await expect(show()).rejects.toMatchObject({ code: "no_candidates" });
  expect((await run()).findings).toEqual([]);
});

test("sums of prices have no residue of binary fractions", async () => {
  const { engine, show, click, report } = await openBudget({ day: 2 });
  await engine.putCampaigns([sampleCampaign("a", { bid: 0.1, budget: { day: 2 } })]);
  for (let turn = 0; turn < 3; turn++) await click((await show()).decisionId);
  expect(await report()).toMatchObject({ spend: 0.3, reserved: 0 });
});

test("an outcome is paid for once, and not after the attribution window", async () => {
  const { advance, show, click, report } = await openBudget({ total: 3 });
  const [one, other] = [await show(), await show()];
  await click(one.decisionId);
  await click(one.decisionId);
  advance(60);
  await click(other.decisionId);
  expect(await report()).toMatchObject({ spend: 1, outcomes: { click: 1 } });
});

test("a day's budget comes back with the next day, a total does not", async () => {
  const day = await openBudget({ day: 1 });
  const total = await openBudget({ total: 1 });
  for (const { show, click } of [day, total]) await click((await show()).decisionId);
  for (const { advance } of [day, total]) advance(86_400);
  await day.show();
  await expect(total.show()).rejects.toMatchObject({ code: "no_candidates" });
  expect((await day.run()).findings).toEqual([]);
});

test("a larger budget opens a campaign at once, a smaller one closes it", async () => {
  const { engine, show, click } = await openBudget({ day: 1 });
  await click((await show()).decisionId);
  await expect(show()).rejects.toMatchObject({ code: "no_candidates" });
  await engine.putCampaigns([sampleCampaign("a", { budget: { day: 2 } })]);
  await click((await show()).decisionId);
  await engine.putCampaigns([sampleCampaign("a", { budget: { day: 1.5 } })]);
  await expect(show()).rejects.toMatchObject({ code: "no_candidates" });
});

test("requests at the same time share a budget: the last unit is spent once", async () => {
  const { engine, report, run } = await openBudget({ total: 5 });
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, user) => engine.recommend({ userId: `user-${user}` })),
  );
  const shown = answers.filter(({ decision }) => decision.slate[0] === "ad-a");
  expect(shown.length).toBe(5);
  expect(await report()).toMatchObject({ impressions: 5, reserved: 5 });
  const { findings, decisions } = await run();
  expect({ findings, decisions }).toEqual({ findings: [], decisions: 40 });
});

test("a campaign stays in its scenario", async () => {
  const { store } = await openBudget({});
  const moved = store.campaigns.put([{ ...sampleCampaign("a"), scenario: "other" } as never], 0);
  await expect(moved).rejects.toMatchObject({ code: "conflict" });
});

test("each outcome has its own window, and a reservation lapses with that of the outcome it waits for", async () => {
  const reward = { weights: { click: 1, buy: 4 }, windowSeconds: 60, graceSeconds: 0, maximum: 5 };
  const { engine, advance, store, run } = await openAds(
    [sampleCampaign("a", { budget: { day: 1 } }), sampleCampaign("late", { pays: "buy" })],
    { scenario: { reward: { ...reward, windows: { buy: 3600 } } } },
  );
  const show = async (ad: string) =>
    (await engine.recommend({ userId: "ann", candidates: [{ itemId: ad }] })).decision;
  const [clicked, bought] = [await show("ad-a"), await show("ad-late")];
  expect(clicked.expiresAt - clicked.decidedAt).toBe(3_600_000);
  const send = async (type: string, { decisionId, slate }: typeof clicked) =>
    (await engine.record([{ type, userId: "ann", itemId: slate[0]!, decisionId }])).outcomes[0];
  const report = async () => engine.reportCampaigns({ scenario: "shop" });
  expect(await report()).toMatchObject([{ reserved: 1 }, { reserved: 1 }]);
  advance(60);
  expect(await report()).toMatchObject([{ reserved: 0 }, { reserved: 1 }]);
  expect(await send("click", clicked)).toBe("late");
  advance(3500);
  expect(await send("buy", bought)).toBe("rewarded");
  expect(await send("buy", clicked)).toBe("rewarded");
  expect((await store.decisions.find(bought.decisionId))?.rewards).toEqual([1]);
  expect((await store.decisions.find(clicked.decisionId))?.rewards).toEqual([0]);
  advance(40);
  expect(await send("buy", bought)).toBe("late");
  expect(await report()).toMatchObject([
    { spend: 0, outcomes: { buy: 1 } },
    { spend: 1, outcomes: { buy: 1 }, reserved: 0 },
  ]);
  expect((await run()).findings).toEqual([]);
});
