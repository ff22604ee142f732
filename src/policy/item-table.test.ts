import { expect, onTestFinished, test } from "vitest";
import { randomNetwork, sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { createItemEmbedder } from "./item-embedder.ts";
import { rowsOf } from "./item-rows.ts";
import { createItemTable } from "./item-table.ts";

const shape = { heads: 2, width: 3, positions: 1 };
const views = sampleViews(700);

async function openTable() {
  const network = randomNetwork(shape, views, createRandom(3));
  const embedder = await createItemEmbedder(network, 1);
  onTestFinished(() => embedder.close());
  const embedded: number[] = [];
  const table = createItemTable(
    {
      ...embedder,
      embed: (asked, into) => {
        embedded.push(asked.length);
        return embedder.embed(asked, into);
      },
    },
    shape,
  );
  return { embedder, table, embedded };
}

test("a row has e and bias of each head, also after the table has grown", async () => {
  const { embedder, table } = await openTable();
  await table.load([views.slice(0, 5)]);
  const before = rowsOf(views.slice(0, 5));
  await table.load([views.slice(0, 5), views]);
  const rows = rowsOf(views);
  expect(rows.slice(0, 5)).toEqual(before);
  expect(new Set(rows).size).toBe(views.length);
  const embedded = await embedder.embed(views);
  for (const [index, row] of rows.entries()) {
    const held = table.values.subarray(row * 8, row * 8 + 8);
    expect(held).toEqual(embedded.subarray(index * 8, index * 8 + 8));
  }
});

test("an item is embedded once, whoever asks for it at the same time", async () => {
  const { table, embedded } = await openTable();
  await Promise.all([table.load([views]), table.load([views.slice(9)]), table.load([views])]);
  await table.load([[...views]]);
  expect(embedded.filter((count) => count > 0)).toEqual([700]);
});
