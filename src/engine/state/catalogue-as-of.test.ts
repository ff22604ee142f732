import { expect, onTestFinished, test } from "vitest";
import { sampleItem } from "../../../tests/support/sample.ts";
import type { Item } from "../../domain/catalogue.ts";
import { itemId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import type { ItemStore } from "../../storage/item-store.ts";
import { openSqliteStore } from "../../storage/sqlite/open.ts";
import { type Catalogue, createCatalogue } from "./catalogue.ts";
import { createCatalogueAsOf } from "./catalogue-as-of.ts";

const ids = Array.from({ length: 5 }, (_, index) => itemId(`item-${index}`));

async function openItems(): Promise<ItemStore> {
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  return store.items;
}

const version = (index: number, year: number, available = true): Item =>
  sampleItem(ids[index]!, { attributes: { year }, available });

/** Everything that a reader can see. */
const look = (catalogue: Catalogue) => ({
  sequence: catalogue.sequence,
  offered: catalogue.available().map(({ itemId: id }) => id),
  items: ids.map((id) => {
    const { tokens } = catalogue.get(id);
    return [tokens, catalogue.find(id)?.itemId, catalogue.isWithdrawn(id)];
  }),
});

test("at any event number, in any order, it is the catalogue that a fresh reader has", async () => {
  const items = await openItems();
  const random = createRandom(3);
  for (let change = 0; change < 60; change++) {
    const index = random.integer(ids.length);
    if (random.uniform() < 0.2) await items.delete(ids[index]!);
    else await items.put([version(index, random.integer(3), random.uniform() < 0.7)]);
  }
  const last = await items.sequence();
  const catalogueAsOf = createCatalogueAsOf(items, undefined);
  for (let turn = 0; turn < 200; turn++) {
    const asOf = 1 + random.integer(last);
    const fresh = createCatalogue(items);
    await fresh.refresh(asOf);
    const { sequence: _, ...seen } = look(await catalogueAsOf(asOf));
    const { sequence: __, ...expected } = look(fresh);
    expect(seen).toEqual(expected);
  }
});

test("a step back reads nothing anew, and each revision stays one view", async () => {
  const items = await openItems();
  await items.put([version(0, 1), version(1, 1)]);
  const first = await items.sequence();
  await items.put([version(0, 2)]);
  const second = await items.sequence();
  await items.put([version(0, 3)]);
  const third = await items.sequence();
  const reads: number[] = [];
  const changes: ItemStore["changes"] = (span) => {
    reads.push(span.after);
    return items.changes(span);
  };
  const catalogueAsOf = createCatalogueAsOf({ ...items, changes }, undefined);
  const viewAt = async (asOf: number) => (await catalogueAsOf(asOf)).get(ids[0]!);
  const views = [await viewAt(first), await viewAt(second), await viewAt(third)];
  for (let turn = 0; turn < 3; turn++) {
    expect(await viewAt(second)).toBe(views[1]);
    expect(await viewAt(first)).toBe(views[0]);
    expect(await viewAt(third)).toBe(views[2]);
  }
  expect(new Set(views).size).toBe(3);
  // The whole catalogue once: all other reads are of the changes in between.
  expect(reads.filter((after) => after < first)).toEqual([0]);
});

test("a revision with the same features is the same view", async () => {
  const items = await openItems();
  await items.put([version(0, 1)]);
  const first = await items.sequence();
  await items.put([version(0, 1, false)]);
  const catalogueAsOf = createCatalogueAsOf(items, undefined);
  const view = (await catalogueAsOf(first)).get(ids[0]!);
  const withdrawn = await catalogueAsOf(await items.sequence());
  expect(withdrawn.isWithdrawn(ids[0]!)).toBe(true);
  expect(withdrawn.get(ids[0]!)).toBe(view);
});
