import { expect, test } from "vitest";
import { openTestEngine } from "../../../../tests/support/engine.ts";
import { sampleItem } from "../../../../tests/support/sample.ts";
import { createModelFolder, wordModel } from "../../../../tests/support/sentence-model.ts";
import { ann, openShop, shopConfiguration } from "../../../../tests/support/shop.ts";
import { itemId } from "../../../domain/ids.ts";
import { createRandom } from "../../../numeric/random.ts";
import { createNetwork, withText } from "../../../policy/network.ts";
import { createScorer } from "../../../policy/scorer.ts";
import { audit } from "../../audit/audit.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { createCatalogue } from "../catalogue.ts";
import { createState, readUser } from "../read-state.ts";
import type { TextSettings } from "./text-features.ts";

/**
 * Two kinds of items; `titles` are those of ann's liked item, of a new item of this kind, and of a
 * new one of another.
 */
async function scoreNewItems(text: TextSettings | undefined, titles: readonly string[]) {
  const options = { items: 0, ...(text && { rest: { text } }) };
  const { engine, store } = await openShop(options);
  const items = titles.map((title, index) =>
    sampleItem(`t-${index}`, { categories: [], attributes: { title } }),
  );
  await engine.putItems(items);
  await engine.record([{ type: "buy", userId: ann, itemId: itemId("t-0") }]);
  const catalogue = createCatalogue(store.items, { text });
  const asOf = await store.sequence();
  await catalogue.refresh(asOf);
  const [scenario] = parseConfiguration(shopConfiguration()).scenarios;
  const user = await readUser(store, ann, asOf);
  const state = createState({ user, catalogue, scenario: scenario!, context: {} });
  const candidates = items.slice(1).map((item) => catalogue.get(item.itemId));
  const differences: number[] = [];
  // Networks that were never trained: items score by their likeness to the user's liked items.
  for (let seed = 0; seed < 10; seed++) {
    const shape = { heads: 1, width: 32, positions: 1 };
    const random = createRandom(seed);
    const network = withText(createNetwork(shape, random), candidates, random);
    const scorer = await createScorer(network, { batchStates: 1, threads: 1 });
    const [[logits]] = (await scorer.score([{ state, candidates }])) as [[Float64Array]];
    differences.push(logits[0]! - logits[1]!);
    await scorer.close();
  }
  return differences;
}

const likeIt = (differences: readonly number[]) => differences.filter((value) => value > 0).length;

test("a new item scores like those that share parts of words with it", async () => {
  const titles = ["robotics", "microrobots", "weddings"];
  expect(likeIt(await scoreNewItems({ fields: ["title"] }, titles))).toBe(10);
  // As whole words they have nothing in common, and chance decides.
  expect(likeIt(await scoreNewItems(undefined, titles))).toBeLessThan(10);
});

test("with a model, a new item scores like those that mean the same", async () => {
  const text = { fields: ["title"], model: createModelFolder() };
  expect(likeIt(await scoreNewItems(text, ["robot", "android", "wedding"]))).toBe(10);
});

test("decisions over items with embedded texts are derived again as they were", async () => {
  const text = { fields: ["title"], model: createModelFolder() };
  const { engine, store } = await openShop({ rest: { text } });
  const titles = ["robot kiss", "wedding", "android", "spaceship robot"];
  await engine.putItems(
    titles.map((title, index) => sampleItem(`t-${index}`, { attributes: { title } })),
  );
  await engine.record([{ type: "buy", userId: ann, itemId: itemId("t-0") }]);
  for (let request = 0; request < 5; request++) await engine.recommend({ userId: ann });
  const configuration = parseConfiguration(shopConfiguration({ rest: { text } }));
  const report = await audit({ store, configuration });
  expect(report).toMatchObject({ decisions: 5, findings: [] });
});

test("nothing starts with a model that can't be used", async () => {
  const model = createModelFolder(wordModel({ unknown: Number.NaN }));
  const configuration = shopConfiguration({ rest: { text: { fields: ["title"], model } } });
  await expect(openTestEngine(configuration)).rejects.toMatchObject({
    code: "invalid_configuration",
    message: expect.stringContaining("not finite"),
  });
});
