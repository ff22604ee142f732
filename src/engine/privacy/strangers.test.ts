import { expect, test } from "vitest";
import { openAuditedShop } from "../../../tests/support/audited-shop.ts";
import { ann } from "../../../tests/support/shop.ts";
import type { Decision } from "../../domain/decision.ts";

type Shop = Awaited<ReturnType<typeof openAuditedShop>>;

const social = { author: "author" };
const aversions = [{ types: ["hide"], by: "itemId" }];
const scenario = { excludeSeen: [{ types: ["buy"] }], rules: { aversions }, social };

const idsOf = ({ candidates }: Decision) => candidates.map(({ itemId }) => String(itemId));

/** Of the whole offer, so that seeds don't matter: by item, whatever the draw. */
async function chancesFor({ engine }: Shop, user: string) {
  const { decision } = await engine.recommend({ userId: user, slateSize: 1 });
  return decision;
}

const send = ({ engine }: Shop, type: string, itemId: string, more: object = {}) =>
  engine.record([{ type, userId: ann, itemId, ...more }]);

test("a user who refuses personalisation is served as a stranger, and as oneself again later; the audit derives each", async () => {
  const shop = await openAuditedShop({ scenario });
  await shop.engine.putUsers([{ userId: ann, attributes: { city: "Graz" } }, { userId: "bob" }]);
  await send(shop, "buy", "i-0");
  await send(shop, "hide", "i-1");
  await send(shop, "click", "i-2");
  expect(idsOf(await chancesFor(shop, ann))).toEqual(["i-2", "i-3", "i-4", "i-5"]);

  await shop.engine.putUsers([
    { userId: ann, attributes: { city: "Graz" }, consent: { personalise: false } },
  ]);
  const decision = await chancesFor(shop, ann);
  expect(idsOf(decision)).toHaveLength(6);
  const view = await shop.engine.findDecision(decision.decisionId);
  expect(view?.profile).toEqual({ attributes: {}, history: [] });
  const explained = await shop.engine.explainDecision(decision.decisionId);
  expect(explained).toMatchObject({ history: [], leftOut: { seen: 0 } });

  await shop.engine.putUsers([{ userId: ann, consent: { personalise: true } }]);
  expect(idsOf(await chancesFor(shop, ann))).toHaveLength(4);
  expect(await shop.run()).toMatchObject({ decisions: 3, findings: [] });
  shop.tamper("UPDATE consents SET personalise = 1 WHERE personalise = 0");
  expect((await shop.run()).findings).toMatchObject([{ cause: "tampered-row" }]);
});

test("a stranger's slates are those of somebody who was never seen", async () => {
  const shop = await openAuditedShop({ scenario: { social, slateSize: 1 } });
  await shop.engine.putUsers([{ userId: ann, attributes: { city: "Graz" } }, { userId: "bob" }]);
  await shop.engine.putEdges([{ userId: ann, type: "friend", to: "bob" }]);
  await send(shop, "click", "i-2");
  await shop.engine.record([{ type: "click", userId: "bob", itemId: "i-3" }]);
  const chances = async (user: string) => {
    const byItem = new Map<string, number>();
    for (let turn = 0; turn < 60; turn++) {
      const { slate, slatePropensity } = await chancesFor(shop, user);
      byItem.set(String(slate[0]), slatePropensity);
    }
    return byItem;
  };
  const [own, never] = [await chances(ann), await chances("nobody")];
  expect([...own].some(([item, chance]) => never.has(item) && never.get(item) !== chance)).toBe(
    true,
  );
  await shop.engine.putUsers([{ userId: ann, consent: { personalise: false } }]);
  const stranger = await chances(ann);
  expect(stranger.size).toBeGreaterThan(3);
  for (const [item, chance] of stranger) expect(never.get(item) ?? chance).toBe(chance);
  expect(await shop.run()).toMatchObject({ findings: [] });
});

test("the doings of people and events that refuse personalisation bear on nobody's slates", async () => {
  const shop = await openAuditedShop({ scenario: { social, maxCandidates: 4 }, items: 40 });
  await shop.engine.putUsers([{ userId: ann }, { userId: "bob" }]);
  await shop.engine.putEdges([{ userId: ann, type: "friend", to: "bob" }]);
  const engaged = (asOf: number, byDefault = true) =>
    shop.store.edges.engaged(["bob"], { asOf, newest: 9, since: 0, types: ["click"], byDefault });
  const at = async (itemId: string, more: object = {}) => {
    await shop.engine.record([{ type: "click", userId: "bob", itemId, ...more }]);
    return shop.store.sequence();
  };
  await at("i-1", { consent: { personalise: false } });
  const seen = await at("i-2");
  expect(await engaged(seen)).toEqual([{ itemId: "i-2", people: 1 }]);
  await chancesFor(shop, ann);
  await shop.engine.putUsers([{ userId: "bob", consent: { personalise: false } }]);
  expect(await engaged(await shop.store.sequence())).toEqual([]);
  expect(await engaged(seen)).toHaveLength(1);
  expect(await engaged(seen, false)).toEqual([]);
  await chancesFor(shop, ann);
  expect(await shop.run()).toMatchObject({ decisions: 2, findings: [] });
});

test("where people are asked first, who has stated nothing is a stranger and teaches nothing; the decision keeps the default", async () => {
  const privacy = { consent: { train: false, personalise: false } };
  const shop = await openAuditedShop({ scenario, rest: { privacy } });
  await send(shop, "buy", "i-0");
  const asked = await chancesFor(shop, ann);
  expect(idsOf(asked)).toHaveLength(6);
  expect(asked.servingRule?.consent).toEqual({ train: false, personalise: false });
  const learnable = shop.store.learnable(false);
  expect([await learnable.events.count(), await learnable.decisions.count()]).toEqual([0, 0]);
  await shop.engine.putUsers([{ userId: ann, consent: { train: true, personalise: true } }]);
  expect(idsOf(await chancesFor(shop, ann))).toHaveLength(5);
  expect([await learnable.events.count(), await learnable.decisions.count()]).toEqual([1, 2]);
  expect(await shop.run()).toMatchObject({ decisions: 2, findings: [] });
});

test("an event that refuses personalisation is not seen; one that refuses training keeps its decision from teaching", async () => {
  const shop = await openAuditedShop({ scenario });
  await send(shop, "buy", "i-0", { consent: { personalise: false } });
  const decision = await chancesFor(shop, ann);
  expect(idsOf(decision)).toHaveLength(6);
  const { decisionId, slate } = decision;
  const refused = { decisionId, consent: { train: false } };
  const { outcomes } = await send(shop, "click", slate[0]!, refused);
  expect(outcomes).toEqual(["rewarded"]);
  await chancesFor(shop, ann);
  const { decisions, events } = shop.store.learnable(true);
  expect(await decisions.count()).toBe(1);
  const scanned = await events.scan({ after: 0, limit: 9 });
  expect(scanned.map(({ type, consent }) => ({ type, consent }))).toEqual([
    { type: "buy", consent: { personalise: false } },
  ]);
  expect((await shop.engine.findDecision(decisionId))?.feedback.isUntrained).toBe(true);
});

test.each([
  [{ userId: "ann", consent: { train: "no" } }, "users[0].consent.train"],
  [{ userId: "ann", consent: { share: true } }, "users[0].consent.share"],
])("consent such as %j is refused by the name of the field", async (user, field) => {
  const shop = await openAuditedShop();
  await expect(shop.engine.putUsers([user as never])).rejects.toMatchObject({
    code: "invalid_request",
    message: expect.stringContaining(field),
  });
});
