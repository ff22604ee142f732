import { expect, test } from "vitest";
import { openAds, sampleCampaign } from "../../../tests/support/ads.ts";
import { sampleItem } from "../../../tests/support/sample.ts";
import { itemId } from "../../domain/ids.ts";

const click = "click";

/** Ads of which only `liked` is clicked, under a floor of 0.2. */
async function play(visits: number, { floor = 0.2, liked = "ad-a" } = {}) {
  const shop = await openAds([sampleCampaign("a"), sampleCampaign("b")], {
    scenario: {
      ads: { outcomes: [click], qualityFloor: floor },
      fastLoop: { forgetting: 0.94 },
      reward: { weights: { click: 1 }, windowSeconds: 5, graceSeconds: 0, maximum: 5 },
    },
  });
  const visit = async (turn: number) => {
    shop.advance(1);
    await shop.engine.idle();
    const userId = `user-${turn % 10}`;
    const { decision } = await shop.engine.recommend({ userId });
    const { decisionId, slate } = decision;
    if (slate[0] === liked)
      await shop.engine.record([{ type: click, userId, itemId: itemId(liked), decisionId }]);
    return decision;
  };
  const decisions = [];
  for (let turn = 0; turn < visits; turn++) decisions.push(await visit(turn));
  return { ...shop, decisions, visit };
}

test("an ad whose drawn value is below the floor is not shown, and all propensities are derived again", async () => {
  const { decisions, run, tamper } = await play(75);
  const late = decisions.slice(-20);
  const barred = late.filter(({ fastLoop, candidates }) =>
    fastLoop?.below?.some((index) => candidates[index]?.itemId === "ad-b"),
  );
  expect(barred.length).toBeGreaterThan(5);
  for (const { slate, positionPropensities } of barred)
    expect([slate, positionPropensities]).toEqual([["ad-a"], [1]]);
  expect(await run()).toMatchObject({ decisions: 75, findings: [] });

  const { decisionId, fastLoop: mark } = barred.at(-1)!;
  const { version, through, renewal, forgetting, temperature, drawScale } = mark!;
  const numbers = [version, through, renewal, forgetting, temperature, drawScale];
  const setMark = "UPDATE decisions SET fast_loop = ? WHERE decision_id = ?";
  tamper(setMark, JSON.stringify(numbers), decisionId);
  const { findings } = await run(20);
  expect(findings).toMatchObject([{ decisionId }]);
  expect(findings[0]?.problem).toMatch(/below the quality floor were \d, not none/);
});

test("a new ad is tried in spite of the floor, since its draws are wide, and an impression that is paid for has none", async () => {
  const { engine, visit } = await play(60);
  await engine.putCampaigns([sampleCampaign("new")]);
  await engine.putItems([sampleItem("ad-new", { attributes: { campaign: "new" } })]);
  const shown = async (visits: number) => {
    const slates = [];
    for (let turn = 0; turn < visits; turn++) slates.push((await visit(turn)).slate[0]);
    return slates;
  };
  expect(await shown(20)).toContain("ad-new");
  await engine.putCampaigns([sampleCampaign("seen", { pays: "impression", bid: 5 })]);
  await engine.putItems([sampleItem("ad-seen", { attributes: { campaign: "seen" } })]);
  expect(await shown(2)).toContain("ad-seen");
});

test("if no ad reaches the floor there is none", async () => {
  const failed = play(75, { liked: "none", floor: 0.6 });
  await expect(failed).rejects.toMatchObject({
    code: "no_candidates",
    message: expect.stringContaining("ads.qualityFloor"),
  });
});
