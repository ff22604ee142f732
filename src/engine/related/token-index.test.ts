import { expect, onTestFinished, test } from "vitest";
import { sampleItem } from "../../../tests/support/sample.ts";
import { createRandom } from "../../numeric/random.ts";
import { openSqliteStore } from "../../storage/sqlite/open.ts";
import { createCatalogue } from "../state/catalogue.ts";
import { similarities } from "./token-index.ts";

const brands = ["acme", "best", "core", "dash"];

test("similarities that follow a catalogue's changes are those of an index made anew", async () => {
  const { items, close } = await openSqliteStore(":memory:");
  onTestFinished(close);
  const random = createRandom(1);
  const draw = (index: number) =>
    sampleItem(`i-${index}`, {
      categories: [`genre-${random.integer(3)}`, `genre-${random.integer(3)}`],
      attributes: { brand: brands[random.integer(brands.length)]! },
      available: random.uniform() < 0.8,
    });
  await items.put(Array.from({ length: 60 }, (_, index) => draw(index)));
  const catalogue = createCatalogue(items);
  for (let round = 0; round < 10; round++) {
    await catalogue.refresh(await items.sequence());
    const list = catalogue.available();
    for (const view of [list[0]!, list.at(-1)!])
      expect(similarities(list, view)).toEqual(similarities([...list], view));
    await items.put(Array.from({ length: 5 }, () => draw(random.integer(70))));
  }
});

test("a list of before a change keeps its own similarities", async () => {
  const { items, close } = await openSqliteStore(":memory:");
  onTestFinished(close);
  const put = (id: string, brand: string) => items.put([sampleItem(id, { attributes: { brand } })]);
  for (const [id, brand] of [
    ["a", "acme"],
    ["b", "acme"],
    ["c", "best"],
  ] as const)
    await put(id, brand);
  const catalogue = createCatalogue(items);
  await catalogue.refresh(await items.sequence());
  const before = catalogue.available();
  const found = similarities(before, before[0]!);
  expect([...found]).toEqual([1, 1, 0]);
  await put("b", "best");
  await catalogue.refresh(await items.sequence());
  const after = catalogue.available();
  expect([...similarities(after, after[0]!)]).toEqual([1, 0, 0]);
  expect(similarities(before, before[0]!)).toEqual(found);
});
