import { expect, onTestFinished, test } from "vitest";
import { randomNetwork, sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { createItemEmbedder } from "./item-embedder.ts";

const [heads, width] = [2, 3];
const stride = heads * (width + 1);
const known = sampleViews(3);
const network = randomNetwork({ heads, width, positions: 1 }, known, createRandom(5));
const token = (index: number) => ({ index, weight: 1 / (1 + index) });
/** Of no token to four; the last one is not in the item table. */
const views = [0, 1, 2, 3, 4].map((count) => ({
  ...sampleViews(5)[count]!,
  tokens: Array.from({ length: count }, (_, slot) => token(7 * count + slot)),
}));

async function openEmbedder() {
  const embedder = await createItemEmbedder(network, 1);
  onTestFinished(() => embedder.close());
  return embedder;
}

test("an item is its table row and its weighted tokens, with b + u·e beside each head, whatever the number of tokens", async () => {
  const embedded = await (await openEmbedder()).embed(views);
  const { itemTable, itemTokenTable, itemBias, itemWeights } = network.parameters;
  for (const [index, { itemId, tokens }] of views.entries()) {
    const row = Math.max(0, network.itemIds.indexOf(itemId));
    for (let head = 0; head < heads; head++) {
      const start = index * stride + head * (width + 1);
      let bias = itemBias![row * heads + head]!;
      for (let i = 0; i < width; i++) {
        const column = head * width + i;
        const cell = (table: Float32Array, at: number) => table[at * heads * width + column]!;
        const sum = tokens.reduce(
          (total, { index: at, weight }) => total + weight * cell(itemTokenTable!, at),
          cell(itemTable!, row),
        );
        expect(embedded[start + i]).toBe(Math.fround(sum));
        bias += itemWeights![column]! * sum;
      }
      expect(embedded[start + width]).toBe(Math.fround(bias));
    }
  }
});

test("items are written into the rows that they are given, and no others", async () => {
  const embedder = await openEmbedder();
  const alone = await embedder.embed(views.slice(0, 2));
  const values = new Float32Array(4 * stride).fill(9);
  expect(await embedder.embed(views.slice(0, 2), { values, rows: [3, 1] })).toBe(values);
  expect(values.slice(3 * stride)).toEqual(alone.slice(0, stride));
  expect(values.slice(stride, 2 * stride)).toEqual(alone.slice(stride));
  for (const row of [0, 2])
    expect([...values.slice(row * stride, (row + 1) * stride)]).toEqual(new Array(stride).fill(9));
});
