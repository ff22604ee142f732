import { expect, test } from "vitest";
import { openAds, sampleCampaign } from "../../../tests/support/ads.ts";
import { candidatesOf } from "../../../tests/support/shop.ts";
import { hashUniform } from "../../numeric/hash.ts";

/** A day and a half of visits, half of which click, under a budget that is paced. */
async function openPaced() {
  const shop = await openAds(
    [
      sampleCampaign("rich", { bid: 4, budget: { day: 200, total: 350 } }),
      sampleCampaign("buys", { bid: 2, pays: "buy", budget: { day: 30 } }),
      sampleCampaign("seen", { pays: "impression", frequencyCap: { showings: 1, hours: 2 } }),
      sampleCampaign("house", { bid: 0.1 }),
    ],
    {
      scenario: { slateSize: 2, fastLoop: { enabled: false } },
      rest: { baselineShare: 0.1, uniformShare: 0.1 },
    },
  );
  for (let turn = 0; turn < 330; turn++) {
    shop.advance(301);
    const userId = `user-${turn % 17}`;
    const { decision } = await shop.engine.recommend({ userId });
    const { decisionId, slate } = decision;
    for (const itemId of slate)
      if (hashUniform(`${turn}/${itemId}`) < 0.7)
        await shop.engine.record([{ type: "click", userId, itemId, decisionId }]);
  }
  return shop;
}

test("a paced run has no findings; a changed price, state or charge is one", async () => {
  const { run, tamper, store } = await openPaced();
  const clean = await run();
  expect(clean).toMatchObject({ decisions: 330, findings: [], armsNotDerivable: 0 });
  const factors = (await store.decisions.recent(330)).flatMap(({ decision: { ads = [] } }) =>
    ads.flatMap(({ campaignId, factor }) => (campaignId === "rich" ? [factor] : [])),
  );
  expect(new Set(factors).size).toBeGreaterThan(20);

  const [newest] = await store.decisions.recent(1);
  const { decisionId, ads = [] } = newest!.decision;
  const changed = [{ ...ads[0]!, bid: ads[0]!.bid / 2 }, ...ads.slice(1)];
  const setAds = "UPDATE decisions SET ads = ? WHERE decision_id = ?";
  tamper(setAds, JSON.stringify(changed), decisionId);
  const { findings } = await run(1);
  expect(findings).toMatchObject([{ decisionId, cause: "tampered-row" }]);
  expect(findings[0]?.problem).toContain("its campaigns were");
  tamper(setAds, JSON.stringify(ads), decisionId);

  const stated =
    "(SELECT max(sequence) FROM campaign_states WHERE campaign = 'rich' AND factor < 0.99)";
  const setFactor = `UPDATE campaign_states SET integral = integral + ? WHERE sequence = ${stated}`;
  tamper(setFactor, 0.5);
  expect((await run()).findings[0]?.problem).toMatch(/campaign 'rich' .* has the factor/);
  tamper(setFactor, -0.5);

  const setAmount =
    "UPDATE charges SET amount = ? WHERE decision_sequence = (SELECT min(decision_sequence) FROM charges WHERE campaign = 'rich') AND campaign = 'rich'";
  tamper(setAmount, 1000);
  expect((await run()).findings[0]?.problem).toContain("is closed by its charges");
  tamper(setAmount, 4);
  expect((await run()).findings).toEqual([]);
});

test("ads of a decision without any are found, and an item whose campaign took no part", async () => {
  const { engine, run, tamper } = await openAds([
    sampleCampaign("a", { frequencyCap: { showings: 1, hours: 1 } }),
    sampleCampaign("b"),
  ]);
  const ask = (item: string) => engine.recommend({ userId: "ann", candidates: candidatesOf(item) });
  await ask("ad-a");
  const { decision } = await ask("ad-b");
  // As if the first had been asked for after the second.
  tamper("UPDATE decisions SET as_of = ? WHERE decision_id = 'd-1'", decision.asOf + 1);
  const { findings } = await run();
  expect(findings).toMatchObject([{ decisionId: "d-1", cause: "tampered-row" }]);
  expect(findings[0]?.problem).toContain("was withdrawn, or left out by a rule");
});
