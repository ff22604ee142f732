import { expect, test } from "vitest";
import { openAuditedShop } from "../../../tests/support/audited-shop.ts";
import {
  ann,
  assign,
  openShop,
  shopConfiguration,
  shopItems,
  shopSnapshot,
} from "../../../tests/support/shop.ts";
import { itemId } from "../../domain/ids.ts";
import { deflateJson } from "../../storage/sqlite/columns.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { createServingPolicies } from "../serving/serving-policies.ts";
import { createCatalogue } from "../state/catalogue.ts";
import { createState } from "../state/read-state.ts";

const items = 60;
const beside = (item: string, kind: "similar" | "complementary") => ({
  userId: ann,
  relatedTo: { itemId: item, kind },
});
const idsOf = ({ decision }: { decision: { candidates: readonly { itemId: string }[] } }) =>
  decision.candidates.map(({ itemId }) => itemId);

test("similar items have rare features in common with the item, which is not among them", async () => {
  const { engine } = await openShop({ items });
  const brand = (item: string, name: string) => ({ itemId: item, attributes: { brand: name } });
  await engine.putItems([brand("a-1", "acme"), brand("a-2", "acme"), brand("b-1", "best")]);
  const { decision } = await engine.recommend({ ...beside("a-1", "similar"), slateSize: 1 });
  const ids = idsOf({ decision });
  expect(ids).toHaveLength(20);
  expect(ids).toContain("a-2");
  expect(ids).not.toContain("a-1");
  expect(decision.offer).toEqual({ relatedTo: { itemId: "a-1", kind: "similar" } });
});

test("the closest items come in the order of the user's policy, with exact propensities", async () => {
  const { engine, store, run } = await openAuditedShop({ items, scenario: { slateSize: 4 } });
  await assign(store, { serving: shopSnapshot(2, items) });
  for (const kind of ["similar", "complementary"] as const)
    for (let turn = 0; turn < 10; turn++) await engine.recommend(beside(`i-${turn}`, kind));
  expect(await run()).toMatchObject({ decisions: 20, findings: [], retrievalsNotDerivable: 0 });
});

test("complementary items are those that the retriever expects after the item, more than otherwise", async () => {
  const { engine, store } = await openShop({ items });
  await assign(store, { serving: shopSnapshot(2, items) });
  const after = await Promise.all(
    ["i-1", "i-2"].map((item) => engine.recommend(beside(item, "complementary"))),
  );
  const similar = await engine.recommend(beside("i-1", "similar"));
  expect(idsOf(after[0]!)).not.toEqual(idsOf(similar));
  expect(idsOf(after[0]!)).not.toEqual(idsOf(after[1]!));
});

test("an item's own popularity does not make it complementary", async () => {
  const { engine, store } = await openShop({ items });
  const [version] = await assign(store, { serving: shopSnapshot(2, items) });
  const policy = await createServingPolicies(store.policies).get(version!);
  const catalogue = createCatalogue(store.items);
  await catalogue.refresh(await store.sequence());
  const views = catalogue.available();
  const logitsFor = (types: readonly string[]) => {
    const history = types.map((type) => ({
      sequence: 0,
      itemId: itemId("i-1"),
      type,
      value: 1,
      occurredAt: 0,
    }));
    const [scenario] = parseConfiguration(shopConfiguration()).scenarios;
    const user = { history, attributes: {} };
    return policy.logits(createState({ user, catalogue, scenario: scenario!, context: {} }), views);
  };
  // The scenario's strongest event is a buy.
  const [before, after] = [await logitsFor([]), await logitsFor(["buy"])];
  const bestBy = (score: (place: number) => number) =>
    new Set(
      [...views.keys()]
        .filter((place) => views[place]!.itemId !== "i-1")
        .sort((left, right) => score(right) - score(left))
        .slice(0, 20)
        .map((place) => String(views[place]!.itemId)),
    );
  const ids = new Set(idsOf(await engine.recommend(beside("i-1", "complementary"))));
  expect(ids).toEqual(bestBy((place) => after[place]! - before[place]!));
  expect(ids).not.toEqual(bestBy((place) => after[place]!));
});

test("the same items are offered whatever the arm and the user", async () => {
  const { engine, store } = await openShop({ items, rest: { uniformShare: 0.3 } });
  await assign(store, { serving: shopSnapshot(2, items) });
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, user) =>
      engine.recommend({ ...beside("i-1", "complementary"), userId: `user-${user}` }),
    ),
  );
  expect(new Set(made.map(({ decision }) => decision.arm)).size).toBeGreaterThan(1);
  expect(new Set(made.map((one) => idsOf(one).join()))).toHaveLength(1);
});

test("a retriever that can't be read leaves similar items, which the decision logs and the answer tells", async () => {
  const { engine, store, run } = await openAuditedShop({ items });
  const [broken] = await assign(store, { holdback: new Uint8Array(50) }, { holdbackShare: 0 });
  await assign(store, {}, { retriever: broken! });
  const { decision, fallback } = await engine.recommend(beside("i-1", "complementary"));
  expect(fallback).toMatch(`retriever ${broken} can't be used`);
  expect(decision.offer?.relatedTo).toEqual({ itemId: "i-1", kind: "similar" });
  expect((await run()).findings).toEqual([]);
});

test("rules of the request leave related items out before they are chosen", async () => {
  const { engine } = await openShop({ items });
  const asked = { ...beside("i-0", "similar"), rules: { filter: "category = 'crime'" } };
  const { decision } = await engine.recommend(asked);
  expect(idsOf({ decision })).toHaveLength(20);
  expect(idsOf({ decision }).every((id) => Number(id.slice(2)) % 3 === 2)).toBe(true);
});

test("an unknown item, and candidates beside a related item, are refused", async () => {
  const { engine, store } = await openShop();
  await expect(engine.recommend(beside("nowhere", "similar"))).rejects.toMatchObject({
    code: "unknown_item",
    message: expect.stringMatching(/relatedTo names 'nowhere'.*PUT/),
  });
  const both = { ...beside("i-1", "similar"), candidates: [{ itemId: "i-2" }] };
  await expect(engine.recommend(both)).rejects.toMatchObject({
    code: "invalid_request",
    message: expect.stringMatching(/relatedTo.*leave out one/),
  });
  expect(await store.decisions.count()).toBe(0);
});

test("a candidate that is not related is found by the audit", async () => {
  const { engine, tamper, run } = await openAuditedShop({ items });
  const { decision } = await engine.recommend(beside("i-1", "similar"));
  const ids = decision.candidates.map(({ itemId }) => String(itemId));
  const other = shopItems(items).find(({ itemId }) => itemId !== "i-1" && !ids.includes(itemId))!;
  const place = ids.findIndex((id) => id !== decision.slate[0] && id !== decision.slate[1]);
  const candidates = deflateJson(ids.with(place, other.itemId));
  tamper("UPDATE decisions SET candidates = ? WHERE decision_id = ?", candidates, "d-1");
  const problem = "other items are similar to 'i-1': the row was changed";
  expect((await run()).findings).toMatchObject([{ cause: "tampered-row", problem }]);
});
