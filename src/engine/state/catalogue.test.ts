import { expect, onTestFinished, test } from "vitest";
import { sampleItem } from "../../../tests/support/sample.ts";
import { itemId } from "../../domain/ids.ts";
import { itemTokens } from "../../policy/item-features.ts";
import { openSqliteStore } from "../../storage/sqlite/open.ts";
import { createCatalogue } from "./catalogue.ts";

const [a, b] = [itemId("a"), itemId("b")];

async function open() {
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  return { store, items: store.items, catalogue: createCatalogue(store.items) };
}

const drama = sampleItem("a", { categories: ["drama"] });
const comedy = sampleItem("a", { categories: ["comedy"] });

test("it holds what the store held at the event number, and each item as one view", async () => {
  const { items, catalogue } = await open();
  await items.put([drama]);
  const first = await items.sequence();
  await items.put([comedy, sampleItem("b")]);
  await catalogue.refresh(first);
  expect(catalogue.find(a)?.tokens).toEqual(itemTokens(drama));
  expect(catalogue.find(b)).toBeUndefined();
  expect(catalogue.sequence).toBe(first);
  const view = catalogue.find(a);
  await catalogue.refresh(first);
  expect(catalogue.find(a)).toBe(view);
  await catalogue.refresh(first + 2);
  expect(catalogue.find(a)?.tokens).toEqual(itemTokens(comedy));
  expect(catalogue.available().map((one) => one.itemId)).toEqual(["a", "b"]);
});

test("a withdrawn item is not offered, and is still known to histories", async () => {
  const { items, catalogue } = await open();
  await items.put([drama, sampleItem("b")]);
  await items.put([{ ...drama, available: false }]);
  await catalogue.refresh(await items.sequence());
  expect(catalogue.available().map((one) => one.itemId)).toEqual(["b"]);
  expect(catalogue.get(a).tokens).toEqual(itemTokens(drama));
});

test("an item that nobody knows is seen without features", async () => {
  const { catalogue } = await open();
  expect(catalogue.get(a)).toEqual({ itemId: "a", sequence: 0, tokens: [] });
});

// Two catalogues at one event number must hold the same, however they got there: one of them serves, the other audits.
test("a deleted item is the same whether or not it was seen before", async () => {
  const { items, catalogue } = await open();
  await items.put([drama]);
  await catalogue.refresh(await items.sequence());
  await items.delete(a);
  const now = await items.sequence();
  await catalogue.refresh(now);
  const late = createCatalogue(items);
  await late.refresh(now);
  expect(catalogue.available()).toEqual([]);
  expect(late.available()).toEqual([]);
  expect(late.get(a)).toEqual(catalogue.get(a));
  expect(late.get(a).tokens).toEqual(itemTokens(drama));
  expect(catalogue.find(a)).toBeUndefined();
  expect(late.find(a)).toBeUndefined();
});

test("a deleted item is as it was last, also for one who missed its last revision", async () => {
  const { items, catalogue } = await open();
  await items.put([drama]);
  await catalogue.refresh(await items.sequence());
  await items.put([comedy]);
  await items.delete(a);
  await catalogue.refresh(await items.sequence());
  expect(catalogue.get(a).tokens).toEqual(itemTokens(comedy));
});

test("refreshes at the same time end at the newest of them", async () => {
  const { items, catalogue } = await open();
  await items.put([drama]);
  const first = await items.sequence();
  await items.put([comedy, sampleItem("b")]);
  const second = await items.sequence();
  await Promise.all([second, first, second].map((asOf) => catalogue.refresh(asOf)));
  expect(catalogue.sequence).toBe(second);
  expect(catalogue.get(a).tokens).toEqual(itemTokens(comedy));
});

/** Notes each read of changes; the first one fails if asked to. */
async function openWatched(failsAtFirst = false) {
  const { items } = await open();
  const reads: (readonly [number, number])[] = [];
  const changes: typeof items.changes = async (span) => {
    reads.push([span.after, span.asOf]);
    if (failsAtFirst && reads.length === 1) throw new Error("the disk is gone");
    return items.changes(span);
  };
  return { items, reads, catalogue: createCatalogue({ ...items, changes }) };
}

test("refreshes at the same time read each change once", async () => {
  const { items, reads, catalogue } = await openWatched();
  await items.put([drama]);
  const first = await items.sequence();
  await items.put([comedy, sampleItem("b")]);
  const second = await items.sequence();
  await Promise.all([first, first, second, second].map((asOf) => catalogue.refresh(asOf)));
  expect(reads).toEqual([
    [0, first],
    [first, second],
  ]);
});

test("a refresh that fails is the matter of its caller, and the next one goes on", async () => {
  const { items, catalogue } = await openWatched(true);
  await items.put([drama]);
  const asOf = await items.sequence();
  const [failed, next] = await Promise.allSettled([
    catalogue.refresh(asOf),
    catalogue.refresh(asOf),
  ]);
  expect([failed.status, next.status]).toEqual(["rejected", "fulfilled"]);
  expect(catalogue.find(a)?.tokens).toEqual(itemTokens(drama));
});

test("a deleted item that comes back is offered again, with its new features", async () => {
  const { items, catalogue } = await open();
  await items.put([drama]);
  await catalogue.refresh(await items.sequence());
  await items.delete(a);
  await items.put([comedy]);
  await catalogue.refresh(await items.sequence());
  expect(catalogue.available().map((one) => one.tokens)).toEqual([itemTokens(comedy)]);
});

test("the offered items of all or of some categories are one list until the catalogue changes", async () => {
  const { items, catalogue } = await open();
  const refresh = async () => catalogue.refresh(await items.sequence());
  await items.put([drama, sampleItem("b"), sampleItem("c", { categories: ["drama", "crime"] })]);
  await refresh();
  const namesIn = (categories?: readonly string[]) =>
    catalogue.available({ categories }).map((one) => one.itemId);
  const [all, dramas] = [catalogue.available(), catalogue.available({ categories: ["drama"] })];
  expect(namesIn(["drama"])).toEqual(["a", "c"]);
  expect(namesIn(["drama", "crime"])).toEqual(["c"]);
  expect(catalogue.available()).toBe(all);
  expect(catalogue.available({ categories: ["drama"] })).toBe(dramas);
  await items.put([comedy]);
  await refresh();
  expect(namesIn(["drama"])).toEqual(["c"]);
  expect(namesIn()).toEqual(["a", "b", "c"]);
});

test("items are found in a list wherever they were taken out of it, put back, or taken back", async () => {
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  const { items } = store;
  const catalogue = createCatalogue(items, { remembered: 100 });
  const names = ["a", "b", "c", "d", "e"].map((name) => sampleItem(name));
  const wanted = ["e", "c", "a", "stranger"].map((name) => itemId(name));
  const find = () => {
    const list = catalogue.offered({});
    const found = catalogue.indicesIn(list, wanted);
    expect(found).toEqual(
      list.views.flatMap((view, index) => (wanted.includes(view.itemId) ? [index] : [])),
    );
    return found;
  };
  await items.put(names.slice(0, 3));
  await catalogue.refresh(await items.sequence());
  const before = await items.sequence();
  expect(find()).toEqual([0, 2]);
  await items.put(names.slice(3));
  await items.put([{ ...names[0]!, available: false }]);
  await catalogue.refresh(await items.sequence());
  expect(find()).toEqual([1, 3]);
  await items.put([names[0]!, { ...names[1]!, available: false }]);
  await catalogue.refresh(await items.sequence());
  expect(find()).toEqual([0, 1, 3]);
  expect(catalogue.rewind(before)).toBe(true);
  expect(find()).toEqual([0, 2]);
  await catalogue.refresh(await items.sequence());
  expect(find()).toEqual([0, 1, 3]);
});
