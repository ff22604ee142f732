import { describe, expect, test } from "vitest";
import { openAds, sampleCampaign } from "../../../tests/support/ads.ts";
import { startOfTests } from "../../../tests/support/engine.ts";
import { sampleItem } from "../../../tests/support/sample.ts";
import { candidatesOf } from "../../../tests/support/shop.ts";
import { itemId } from "../../domain/ids.ts";

const hour = 3_600_000;

describe("items are shown for campaigns that take part:", () => {
  test.each([
    ["has not begun", { startsAt: startOfTests + hour }],
    ["has ended", { endsAt: startOfTests }],
    ["has less budget than its bid", { budget: { day: 0.9 } }],
    ["has less in total", { budget: { total: 0.9 } }],
  ])("not for one that %s", async (_, fields) => {
    const { engine } = await openAds([sampleCampaign("a", fields), sampleCampaign("b")]);
    const { decision } = await engine.recommend({ userId: "ann" });
    expect(decision.slate).toEqual(["ad-b"]);
    expect(decision.candidates).toEqual([{ itemId: "ad-b" }]);
  });

  test("not of an unknown campaign, of another scenario's, or without one", async () => {
    const { engine } = await openAds([sampleCampaign("a")]);
    await engine.putItems([
      sampleItem("free"),
      sampleItem("lost", { attributes: { campaign: "gone" } }),
    ]);
    expect((await engine.recommend({ userId: "ann" })).decision.slate).toEqual(["ad-a"]);
    const sent = engine.recommend({ userId: "ann", candidates: candidatesOf("free", "lost") });
    await expect(sent).rejects.toMatchObject({
      code: "no_candidates",
      message: expect.stringContaining("must name a campaign of this scenario"),
    });
  });

  test("the caller's candidates bring theirs with their features", async () => {
    const { engine } = await openAds([sampleCampaign("a")]);
    const candidates = [{ itemId: "new", features: { campaign: "a" } }];
    const { decision } = await engine.recommend({ userId: "ann", candidates });
    expect(decision.ads).toMatchObject([{ campaignId: "a", pays: "click", bid: 1, factor: 1 }]);
  });

  test("of a campaign whose id is a number, as files have it", async () => {
    const { engine } = await openAds([sampleCampaign("5")]);
    await engine.putItems([sampleItem("by-number", { attributes: { campaign: 5 } })]);
    const candidates = candidatesOf("by-number");
    const { decision } = await engine.recommend({ userId: "ann", candidates });
    expect(decision.ads).toMatchObject([{ campaignId: "5" }]);
  });

  test("a deleted campaign is shown no more", async () => {
    const { engine } = await openAds([sampleCampaign("a"), sampleCampaign("b")]);
    expect(await engine.deleteCampaign("a")).toBe(true);
    expect((await engine.recommend({ userId: "ann" })).decision.slate).toEqual(["ad-b"]);
    expect(await engine.deleteCampaign("a")).toBe(false);
  });

  test("a slate has one ad of a campaign", async () => {
    const { engine } = await openAds([sampleCampaign("a"), sampleCampaign("b")], {
      scenario: { slateSize: 2 },
    });
    await engine.putItems([sampleItem("other-a", { attributes: { campaign: "a" } })]);
    const { decision } = await engine.recommend({ userId: "ann" });
    expect(decision.ads?.map(({ campaignId }) => campaignId).sort()).toEqual(["a", "b"]);
  });

  test("a user sees a campaign as often as it says", async () => {
    const frequencyCap = { showings: 2, hours: 1 };
    const { engine, advance, run } = await openAds([
      sampleCampaign("a", { bid: 5, frequencyCap }),
      sampleCampaign("b", { bid: 0.001 }),
    ]);
    const shown: string[] = [];
    for (let turn = 0; turn < 12; turn++) {
      advance(61);
      const { decision } = await engine.recommend({ userId: "ann" });
      shown.push(...decision.slate);
    }
    expect(shown.filter((item) => item === "ad-a")).toHaveLength(2);
    advance(3600);
    const { decision } = await engine.recommend({ userId: "ann" });
    expect(decision.candidates).toHaveLength(2);
    expect((await run()).findings).toEqual([]);
  });
});

test("the odds of an item are multiplied by its bid", async () => {
  const { engine } = await openAds([sampleCampaign("a", { bid: 3 }), sampleCampaign("b")], {
    scenario: { exploration: 1e-9 },
    rest: { uniformShare: 0.5 },
  });
  for (let user = 0; user < 20; user++) {
    const { decision } = await engine.recommend({ userId: `user-${user}` });
    if (decision.arm !== "uniform") continue;
    const expected = decision.slate[0] === "ad-a" ? 0.75 : 0.25;
    expect(decision.slatePropensity).toBeCloseTo(expected, 8);
    expect(decision.ads).toMatchObject([{ explored: 1 }]);
  }
  expect.assertions(20);
});

test("a click is worth its price, another outcome nothing, and an impression its price at once", async () => {
  const { engine, store } = await openAds([
    sampleCampaign("a", { bid: 2 }),
    sampleCampaign("b", { bid: 3, pays: "buy" }),
    sampleCampaign("c", { bid: 0.5, pays: "impression" }),
  ]);
  const rewardOf = async (item: string, type?: string) => {
    const { decision } = await engine.recommend({ userId: "ann", candidates: candidatesOf(item) });
    const { decisionId } = decision;
    if (type) await engine.record([{ type, userId: "ann", itemId: itemId(item), decisionId }]);
    return (await store.decisions.find(decisionId))?.rewards;
  };
  expect(await rewardOf("ad-a", "click")).toEqual([2]);
  expect(await rewardOf("ad-b", "click")).toEqual([0]);
  expect(await rewardOf("ad-b", "buy")).toEqual([3]);
  expect(await rewardOf("ad-c")).toEqual([0.5]);
});

describe("the bid of a request's candidate", () => {
  const candidateOf = (bid: unknown) => ({ itemId: "new", features: { campaign: "a", bid } });

  test.each([
    ["is the price that its outcome costs", 0.4, 0.4],
    ["holds up to its campaign's", 4, 2],
  ])("%s", async (_, bid, price) => {
    const { engine, run, store } = await openAds([sampleCampaign("a", { bid: 2 })]);
    const candidates = [candidateOf(bid)] as never;
    const { decision } = await engine.recommend({ userId: "ann", candidates });
    expect(decision.ads).toMatchObject([{ campaignId: "a", bid: price }]);
    const { decisionId } = decision;
    await engine.record([{ type: "click", userId: "ann", itemId: "new", decisionId }]);
    expect((await store.decisions.find(decisionId))?.rewards).toEqual([price]);
    const [report] = await engine.reportCampaigns();
    expect(report).toMatchObject({ bid: 2, spend: price });
    expect((await run()).findings).toEqual([]);
  });

  test("multiplies its odds", async () => {
    const { engine } = await openAds([sampleCampaign("a"), sampleCampaign("b")], {
      scenario: { exploration: 1e-9 },
      rest: { uniformShare: 0.5 },
    });
    const candidates = [candidateOf(0.25), { itemId: "ad-b" }] as never;
    for (let user = 0; user < 10; user++) {
      const { decision } = await engine.recommend({ userId: `user-${user}`, candidates });
      if (decision.arm !== "uniform") continue;
      const expected = decision.slate[0] === "new" ? 0.2 : 0.8;
      expect(decision.slatePropensity).toBeCloseTo(expected, 8);
    }
    expect.hasAssertions();
  });

  test.each([0, -1, 1e12, "much", null])("is refused if it is %s", async (bid) => {
    const { engine, store } = await openAds([sampleCampaign("a")]);
    const candidates = [{ itemId: "ad-a" }, candidateOf(bid)] as never;
    await expect(engine.recommend({ userId: "ann", candidates })).rejects.toMatchObject({
      code: "invalid_request",
      details: { field: "candidates[1].features.bid", value: bid },
    });
    expect(await store.decisions.count({})).toBe(0);
  });
});

test.each([
  ["a bid of 0", { bid: 0 }, "bid"],
  ["a bid that is no number", { bid: Number.NaN }, "bid"],
  ["a bid above the range of rewards", { bid: 1e12 }, "bid"],
  ["a budget below 0", { budget: { day: -1 } }, "budget"],
  ["a cap of 0", { frequencyCap: { showings: 0, hours: 1 } }, "frequencyCap"],
])("%s is refused, and no campaign of the call is written", async (_, fields, named) => {
  const { engine } = await openAds([]);
  const written = engine.putCampaigns([sampleCampaign("fine"), sampleCampaign("bad", fields)]);
  await expect(written).rejects.toMatchObject({
    code: "invalid_request",
    message: expect.stringContaining(named),
  });
  expect(await engine.findCampaign("fine")).toBeUndefined();
});
