import { expect, test } from "vitest";
import { openAds, sampleCampaign } from "../../../tests/support/ads.ts";
import { sampleItem } from "../../../tests/support/sample.ts";
import { assign, shopSnapshot } from "../../../tests/support/shop.ts";
import { userId } from "../../domain/ids.ts";
import { hashUniform } from "../../numeric/hash.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { explainDecision } from "../explanation/explain-decision.ts";
import { createLogitDeriver } from "./derive-logits.ts";

const campaigns = ["rich", "poor", "seen", "house"];
const readers = Array.from({ length: 20 }, (_, index) => userId(`reader-${index}`));
const scenario = {
  slateSize: 3,
  maxCandidates: 8,
  excludeSeen: [{ types: ["buy"], days: 1 }],
  social: { author: "author", types: ["click"], candidates: 3 },
  fastLoop: { enabled: true, forgetting: 0.94, temperature: 0.05 },
  rules: {
    filter: "year >= 2",
    boosts: [{ filter: 'category = "drama"', add: 0.5 }],
    caps: [{ by: "author", most: 2 }],
    diversity: 0.7,
    repetition: [{ showings: 9, hours: 2, by: "author" }],
    aversions: [
      { types: ["hide"], by: "author", unless: ["unhide"] },
      { types: ["less"], by: "category", add: -1 },
    ],
  },
};
const arms = { baselineShare: 0.2, uniformShare: 0.1 };

/** Every fifth request stands beside a post. */
const beside = (turn: number) =>
  turn % 5 === 0
    ? {
        relatedTo: {
          itemId: `post-${turn % 32}`,
          kind: turn % 2 === 0 ? ("similar" as const) : ("complementary" as const),
        },
      }
    : {};

/** Every third slate is drawn for later, and shown 20 seconds after, in which others have clicked; unless an ad of it is sold out by then. */
async function decide(shop: Awaited<ReturnType<typeof openAds>>, turn: number, reader: string) {
  const request = { userId: reader, ...beside(turn) };
  if (turn % 3 > 0) return (await shop.engine.recommend(request)).decision;
  const { decision } = await shop.engine.recommend({ ...request, deferred: true });
  shop.advance(20);
  const other = readers[turn % readers.length]!;
  await shop.engine.record([{ type: "click", userId: other, itemId: decision.slate[0]! }]);
  try {
    return await shop.engine.activateDecision(decision.decisionId);
  } catch (error) {
    expect(error).toMatchObject({ code: "conflict" });
    return (await shop.engine.recommend(request)).decision;
  }
}

/** Paced campaigns, edges, every rule and every arm in one scenario, whose readers click, hide and make friends. */
async function play(turns: number) {
  const shop = await openAds(
    [
      sampleCampaign("rich", { bid: 3, budget: { day: 60 } }),
      sampleCampaign("poor", { bid: 2, pays: "buy", budget: { total: 12 } }),
      sampleCampaign("seen", { pays: "impression", frequencyCap: { showings: 4, hours: 2 } }),
      sampleCampaign("house", { bid: 0.2 }),
    ],
    { scenario, rest: arms },
  );
  await shop.engine.putUsers(readers.map((id) => ({ userId: id })));
  await shop.engine.putItems(
    Array.from({ length: 32 }, (_, index) =>
      sampleItem(`post-${index}`, {
        categories: [["drama", "crime"][index % 2]!],
        attributes: {
          year: index,
          author: `author-${index % 7}`,
          campaign: campaigns[index % 4]!,
        },
      }),
    ),
  );
  const [canary, holdback, anchor] = [shopSnapshot(2), shopSnapshot(3), shopSnapshot(4)];
  await assign(
    shop.store,
    { canary, holdback, anchor },
    { canaryShare: 0.2, holdbackShare: 0.2, anchorShare: 0.1 },
  );
  const lot = (turn: number, about: string) => hashUniform(`${turn}/${about}`);
  for (let turn = 0; turn < turns; turn++) {
    shop.advance(61);
    const reader = readers[Math.floor(lot(turn, "reader") * readers.length)]!;
    if (lot(turn, "edge") < 0.2)
      await shop.engine.putEdges([
        { userId: reader, type: "follow", to: `author-${turn % 7}` },
        { userId: reader, type: "friend", to: readers.find((one) => one !== reader)! },
      ]);
    const { decisionId, slate } = await decide(shop, turn, reader);
    for (const itemId of slate) {
      const luck = lot(turn, itemId);
      const type = ["buy", "click", "hide", "less", "unhide"][Math.floor(luck * 12)];
      if (type) await shop.engine.record([{ type, userId: reader, itemId, decisionId }]);
    }
    await shop.engine.idle();
  }
  return shop;
}

test("a run of ads in a feed, with every rule and arm, has no findings, and its decisions are explained", async () => {
  const { run, store } = await play(150);
  expect(await run()).toMatchObject({ decisions: 150, findings: [], armsNotDerivable: 0 });
  const decisions = (await store.decisions.recent(150)).map(({ decision }) => decision);
  const seenArms = new Set(decisions.map(({ arm }) => arm));
  expect(seenArms).toEqual(
    new Set(["serving", "canary", "holdback", "anchor", "baseline", "uniform"]),
  );
  expect(decisions.filter(({ drawnAt }) => drawnAt !== undefined).length).toBeGreaterThan(30);
  expect(decisions.filter(({ fastLoop }) => fastLoop).length).toBeGreaterThan(20);
  expect(decisions.filter(({ retriever }) => retriever !== undefined).length).toBeGreaterThan(100);
  const configuration = parseConfiguration({
    scenarios: [
      {
        ...scenario,
        name: "shop",
        reward: { weights: { click: 1 }, windowSeconds: 60, maximum: 1 },
      },
    ],
  });
  const deriver = createLogitDeriver(store, configuration);
  for (const decision of decisions.slice(0, 10)) {
    const { slate } = await explainDecision({ store, deriver }, decision);
    expect(slate.map(({ itemId }) => itemId)).toEqual(decision.slate);
  }
  await deriver.close();
});
