import { expect, test } from "vitest";
import { manyEvents, openPeopledShop, person } from "../../../tests/support/erased-shop.ts";
import { assign, shopSnapshot } from "../../../tests/support/shop.ts";
import { parseReceipt } from "./receipt.ts";
import { replayErasures } from "./replay-erasures.ts";
import { verifyReceipt } from "./verify-receipt.ts";

async function openErased() {
  const shop = await openPeopledShop();
  await shop.visit(2);
  await assign(shop.store, { serving: shopSnapshot(2) });
  return { ...shop, receipt: await shop.engine.deleteUser(person) };
}

test("a receipt is valid, on record, and no row is left; policies that saw the user are named", async () => {
  const { store, receipt } = await openErased();
  const { serving } = await store.policies.assignment("shop");
  expect(receipt.policies).toEqual({ shop: [serving] });
  expect(await verifyReceipt(store, receipt)).toEqual({
    isOnRecord: true,
    rowsBefore: 0,
    rowsSince: 0,
    pending: { shop: [serving] },
    retired: { shop: [] },
  });
});

test("rows of a user who came back are told from rows that should be gone", async () => {
  const { store, receipt } = await openErased();
  await store.events.record(manyEvents(person, 3));
  expect(await verifyReceipt(store, receipt)).toMatchObject({ rowsBefore: 0, rowsSince: 3 });
});

test.each([
  ["rows", { rows: 0 }],
  ["erasedAt", { erasedAt: "2026-01-01T00:00:00.000Z" }],
  ["sequence", { sequence: 1 }],
  ["person", { person: { salt: "0".repeat(64), commitment: "1".repeat(64) } }],
  ["policies", { policies: {} }],
  ["signature", { signature: "0".repeat(128) }],
])("a receipt with another %s is refused", async (field, change) => {
  const { store, receipt } = await openErased();
  const rows = { ...receipt.rows, events: 0 };
  const changed = parseReceipt(
    JSON.stringify({ ...receipt, ...(field === "rows" ? { rows } : change) }),
  );
  await expect(verifyReceipt(store, changed)).rejects.toMatchObject({
    code: "invalid_file",
    message: expect.stringContaining("was changed after it was signed"),
  });
});

test("a receipt of another database, and a file that is no receipt, are refused", async () => {
  const { receipt } = await openErased();
  const { store } = await openPeopledShop();
  await expect(verifyReceipt(store, receipt)).rejects.toMatchObject({
    code: "invalid_file",
    message: expect.stringContaining("was signed by another database"),
  });
  for (const [text, problem] of [
    ["{", "is no JSON"],
    ['{"kind":"erasure"}', "has a wrong field"],
    [JSON.stringify({ ...receipt, sequence: Number.NaN }), "has a wrong field sequence"],
  ] as const)
    expect(() => parseReceipt(text)).toThrow(problem);
});

test("a list with one changed receipt erases nobody", async () => {
  const { store, receipt } = await openErased();
  await store.events.record(manyEvents(person, 3));
  const changed = { ...receipt, sequence: receipt.sequence + 1 };
  await expect(replayErasures(store, [receipt, changed], 0)).rejects.toMatchObject({
    code: "invalid_file",
  });
  expect(await store.events.count()).toBeGreaterThanOrEqual(3);
  // One that is on record already does not reach the rows that were written since.
  expect(await replayErasures(store, [receipt], 0)).toEqual({ erasures: 0, users: 0 });
  expect(await verifyReceipt(store, receipt)).toMatchObject({ rowsSince: 3 });
});
