import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { openAuditedShop } from "../../../tests/support/audited-shop.ts";
import { ann, assign, candidatesOf, shopItems, shopSnapshot } from "../../../tests/support/shop.ts";
import { userId } from "../../domain/ids.ts";
import { deflateJson } from "../../storage/sqlite/columns.ts";

const items = 30;
const options = { scenario: { maxCandidates: 8 }, items };

/** A shop whose retriever is not the policy that serves, with one decision, d-1. */
async function openRetrieved(rest: Parameters<typeof openAuditedShop>[0] = options) {
  const shop = await openAuditedShop(rest);
  const [retriever] = await assign(shop.store, { serving: shopSnapshot(2, items) });
  await assign(
    shop.store,
    { serving: shopSnapshot(3, items), baseline: shopSnapshot(4, items) },
    { retriever: retriever! },
  );
  const { decision } = await shop.engine.recommend({ userId: ann, slateSize: 1 });
  return { ...shop, retriever: retriever!, decision };
}
const clean = { findings: [], retrievalsNotDerivable: 0 };

test("the candidates are derived from the pinned retriever, also after the items have changed", async () => {
  const { engine, retriever, decision, run } = await openRetrieved();
  expect(decision).toMatchObject({ offeredBy: "catalogue", retriever });
  expect(decision.policyVersion).not.toBe(retriever);
  expect(decision.candidates.length).toBe(8);
  await engine.putItems(shopItems(5).map((item) => ({ ...item, categories: ["crime"] })));
  await engine.recommend({ userId: ann });
  expect(await run()).toMatchObject({ decisions: 2, ...clean });
});

test("the candidates of both arms are derived while two retrievers are compared", async () => {
  const { engine, store, retriever, decision, run } = await openRetrieved();
  const { policyVersion: serving } = decision;
  const { baseline } = await store.policies.assignment("shop");
  const trial = { holdback: serving, holdbackShare: 0.5 };
  const shares = { serving, retriever, baseline: baseline!, canaryShare: 0 };
  await store.policies.apply({
    assign: () => ({ scenario: "shop", assignment: { ...shares, ...trial } }),
  });
  const made = [];
  for (let visit = 0; visit < 40; visit++)
    made.push((await engine.recommend({ userId: userId(`user-${visit}`) })).decision);
  const pairs = new Set(made.map((row) => `${row.arm} ${row.policyVersion} ${row.retriever}`));
  expect(pairs).toContain(`serving ${serving} ${retriever}`);
  expect(pairs).toContain(`holdback ${serving} ${serving}`);
  expect(await run()).toMatchObject({ decisions: 41, ...clean });
});

test("a candidate that the retriever did not keep is found", async () => {
  const { decision, tamper, run } = await openRetrieved();
  const ids = decision.candidates.map(({ itemId }) => String(itemId));
  const other = shopItems(items).find(({ itemId }) => !ids.includes(itemId))!;
  const place = ids.findIndex((id) => id !== decision.slate[0]);
  const candidates = deflateJson(ids.with(place, other.itemId));
  tamper("UPDATE decisions SET candidates = ? WHERE decision_id = ?", candidates, "d-1");
  const problem = `retriever ${decision.retriever} keeps other candidates: the row was changed`;
  expect((await run()).findings).toMatchObject([{ cause: "tampered-row", problem }]);
});

test("another retriever than that of the moment is found", async () => {
  const { decision, tamper, run } = await openRetrieved();
  tamper("UPDATE decisions SET retriever = policy_version");
  const problem = `retriever ${decision.retriever} chose the candidates, not ${decision.policyVersion}: the row was changed`;
  expect((await run()).findings).toMatchObject([{ cause: "tampered-row", problem }]);
});

test("of a catalogue that fits, each item is a candidate", async () => {
  const { decision, tamper, run } = await openRetrieved({ items });
  expect(decision.retriever).toBeUndefined();
  expect(await run()).toMatchObject(clean);
  const kept = decision.candidates.map(({ itemId }) => itemId);
  const place = kept.findIndex((id) => id !== decision.slate[0]);
  const candidates = deflateJson(kept.toSpliced(place, 1));
  tamper("UPDATE decisions SET candidates = ? WHERE decision_id = ?", candidates, "d-1");
  const problem = `the candidates were all ${items} items that could be shown: the row was changed`;
  expect((await run()).findings).toMatchObject([{ cause: "tampered-row", problem }]);
});

test("a loop without a learned policy draws its candidates by lot", async () => {
  const { engine, store, run } = await openAuditedShop(options);
  const { retriever: _, ...assignment } = await store.policies.assignment("shop");
  await store.policies.apply({ assign: () => ({ scenario: "shop", assignment }) });
  const { decision, fallback } = await engine.recommend({ userId: ann });
  expect(decision.retriever).toBe(0);
  expect(fallback).toBeUndefined();
  expect(await run()).toMatchObject(clean);
});

test("a retriever that can't be read is replaced by the baseline, which is logged, told and derived", async () => {
  const { engine, store, tamper, run } = await openRetrieved();
  const { serving, baseline } = await store.policies.assignment("shop");
  const [broken] = await assign(store, { holdback: new Uint8Array(50) }, { holdbackShare: 0 });
  await assign(store, {}, { retriever: broken! });
  const { decision, fallback } = await engine.recommend({ userId: ann });
  expect(decision).toMatchObject({ policyVersion: serving, retriever: baseline });
  expect(fallback).toMatch(`retriever ${broken} can't be used`);
  expect((await engine.health()).problems[0]).toMatch(`policy ${broken}`);
  expect(await run()).toMatchObject(clean);
  // Mended since: why it did not answer is no longer in the record.
  const mended = shopSnapshot(5, items);
  const checksum = createHash("sha256").update(mended).digest("hex");
  tamper("UPDATE policy_bytes SET bytes = ? WHERE version = ?", mended, broken!);
  tamper("UPDATE policy_snapshots SET checksum = ? WHERE version = ?", checksum, broken!);
  expect(await run()).toMatchObject({ findings: [], retrievalsNotDerivable: 1 });
});

test("decisions of before, and those on a part of the sent candidates, are counted as not derivable", async () => {
  const { engine, tamper, run } = await openRetrieved();
  tamper("UPDATE decisions SET offered_by = NULL, retriever = NULL, checksum = NULL");
  expect(await run()).toMatchObject({ findings: [], retrievalsNotDerivable: 1 });
  const sent = candidatesOf(...shopItems(12).map(({ itemId }) => itemId));
  const { decision } = await engine.recommend({ userId: ann, candidates: sent });
  expect(decision).toMatchObject({ offeredBy: "request", candidates: { length: 8 } });
  expect(await run()).toMatchObject({ findings: [], retrievalsNotDerivable: 2 });
  await engine.recommend({ userId: ann, candidates: sent.slice(0, 5) });
  expect(await run()).toMatchObject({ findings: [], retrievalsNotDerivable: 2 });
});
