import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { openShop } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { writeFolder } from "../onnx-export/write-folder.ts";
import type { TimeRange } from "../tables/table.ts";
import { toAtomicFiles } from "./atomic-files.ts";

async function exportShop(range: TimeRange = {}) {
  const { engine, store } = await openShop({ items: 2 });
  await engine.putItems([
    {
      itemId: itemId('a"b'),
      categories: ["science fiction", "new"],
      attributes: { year: 1999, tags: ["x y", "z"], size: { unit: "cm" }, price: "free", on: true },
      available: true,
    },
  ]);
  await engine.putUsers([{ userId: userId("ann"), attributes: { "home:town": "Graz\tAndritz" } }]);
  const event = { userId: userId("ann"), type: "rating" };
  await engine.record([
    { ...event, itemId: itemId("i-1"), value: 4.5, occurredAt: Date.UTC(2026, 0, 1) + 500 },
    { ...event, itemId: itemId('a"b'), value: 1e-7, occurredAt: Date.UTC(2026, 0, 2) },
  ]);
  const folder = join(createTestFolder(), "shop");
  await writeFolder(folder, toAtomicFiles(store, { folder, range }));
  return (ending: string) =>
    readFileSync(join(folder, `shop.${ending}`), "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => line.split("\t"));
}

test("interactions have users, items, types, ratings and seconds", async () => {
  const read = await exportShop();
  expect(read("inter")).toEqual([
    ["user_id:token", "item_id:token", "type:token", "rating:float", "timestamp:float"],
    ["ann", "i-1", "rating", "4.5", "1767225600.5"],
    ["ann", '"a""b"', "rating", "1e-7", "1767312000"],
  ]);
});

test("attributes are columns by their kind, of all items; lists have no spaces inside", async () => {
  const read = await exportShop();
  const [header, ...rows] = read("item");
  expect(header).toEqual([
    ...["item_id:token", "categories:token_seq", "on:token", "price:token"],
    ...["size.unit:token", "tags:token_seq", "year:float"],
  ]);
  expect(rows).toEqual([
    ['"a""b"', "science_fiction new", "true", "free", "cm", "x_y z", "1999"],
    ["i-0", "drama", "", "", "", "", "0"],
    ["i-1", "comedy", "", "", "", "", "1"],
  ]);
});

test("a header holds no colon or white space, and a cell with a tab has quotes", async () => {
  const read = await exportShop();
  expect(read("user")).toEqual([
    ["user_id:token", "home_town:token"],
    ["ann", '"Graz', 'Andritz"'],
  ]);
});

test("a record that can't be read to its end leaves no folder, and is not called a problem of the folder", async () => {
  const { engine, store } = await openShop({ items: 1 });
  await engine.record([{ userId: userId("ann"), itemId: itemId("i-0"), type: "click" }]);
  const problem = new RangeError("a page is torn");
  const broken = { ...store, users: { ...store.users, list: () => Promise.reject(problem) } };
  const folder = join(createTestFolder(), "shop");
  const writing = writeFolder(folder, toAtomicFiles(broken, { folder, range: {} }));
  await expect(writing).rejects.toBe(problem);
  expect(existsSync(folder)).toBe(false);
});

test("no two files have a field of the same name: RecBole would read both by the type of the last", async () => {
  const { engine, store } = await openShop({ items: 0 });
  const attributes = { type: "film", rating: "PG-13", user_id: "x", city: "Graz" };
  await engine.putItems([{ itemId: itemId("a"), categories: [], attributes, available: true }]);
  await engine.putUsers([{ userId: userId("ann"), attributes: { city: 8010, categories: "b" } }]);
  const folder = join(createTestFolder(), "shop");
  await writeFolder(folder, toAtomicFiles(store, { folder, range: {} }));
  const headerOf = (ending: string) =>
    readFileSync(join(folder, `shop.${ending}`), "utf8")
      .split("\n")[0]!
      .split("\t");
  expect(headerOf("item").slice(2)).toEqual([
    ...["city:token", "rating_2:token", "type_2:token", "user_id_2:token"],
  ]);
  expect(headerOf("user").slice(1)).toEqual(["categories_2:token", "city_2:float"]);
});

test("interactions are those of the time", async () => {
  const read = await exportShop({ from: Date.UTC(2026, 0, 2) });
  expect(read("inter")).toHaveLength(2);
});

test("a user or an item with events that was never written has an empty row", async () => {
  const { engine, store } = await openShop({ items: 1 });
  await engine.record([{ userId: userId("bo"), itemId: itemId("gone"), type: "click" }]);
  const folder = join(createTestFolder(), "shop");
  await writeFolder(folder, toAtomicFiles(store, { folder, range: {} }));
  const read = (ending: string) => readFileSync(join(folder, `shop.${ending}`), "utf8");
  expect(read("user")).toBe("user_id:token\nbo\n");
  expect(read("item").split("\n").slice(1)).toEqual(["i-0\tdrama\t0", "gone\t\t", ""]);
});

test("a folder that is named by dots names the data set by its own name", async () => {
  const { store } = await openShop({ items: 1 });
  const own = basename(process.cwd());
  expect(Object.keys(toAtomicFiles(store, { folder: ".", range: {} }))).toContain(`${own}.inter`);
});
