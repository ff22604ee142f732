import { expect, onTestFinished, test } from "vitest";
import {
  onEncoder,
  randomNetwork,
  randomState,
  sampleChain,
  sampleEncoder,
  sampleFeatureMap,
  sampleView,
  sampleViews,
} from "../../../tests/support/policy.ts";
import { createRandom } from "../../numeric/random.ts";
import { openNetworkPolicy } from "../../policy/network-policy.ts";
import { retrieve } from "../../policy/retrieve.ts";
import { openSqliteStore } from "../../storage/sqlite/open.ts";
import { joinRules } from "../rules/offer-rules.ts";
import { createCatalogue } from "../state/catalogue.ts";
import { eligible } from "./candidates.ts";
import { scoreBest, scoreOffered } from "./retriever.ts";

const seed = 11;
const limit = 40;

/** A catalogue of 1,500 items, of which the policy knows the first 1,200; the newest ten are alike. */
async function open() {
  const random = createRandom(seed);
  const views = sampleViews(1200);
  const encoder = sampleEncoder(views, seed, {
    chain: sampleChain(views.length),
    features: sampleFeatureMap(8),
  });
  const head = randomNetwork({ heads: 1, width: 8, positions: 1 }, views, random);
  const policy = await openNetworkPolicy(onEncoder(head, encoder));
  onTestFinished(() => policy.close());
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  const newer = Array.from({ length: 300 }, (_, index) => sampleView(`n-${index}`));
  await store.items.put(
    [...views, ...newer].map(({ itemId }, index) => ({
      ...{ itemId, categories: [`genre-${index % 3}`], available: true },
      attributes: index < 1490 ? { year: index } : {},
    })),
  );
  const catalogue = createCatalogue(store.items);
  await catalogue.refresh(await store.items.sequence());
  return { policy, views, catalogue, random };
}

const rules = joinRules({}, undefined, 0);

test("the best by rough logits and then by exact ones are the best by exact ones of all", async () => {
  const { policy, views, catalogue, random } = await open();
  const list = catalogue.available();
  for (let user = 0; user < 20; user++) {
    const state = randomState(views, random);
    const seen = new Set(list.filter(() => random.uniform() < 0.1).map(({ itemId }) => itemId));
    const offered = eligible({ candidates: undefined, catalogue, rules, leftOut: seen });
    expect(offered.list).toBe(list);
    expect(offered.count).toBe(list.length - seen.size);
    const all = await scoreOffered(policy, state, offered);
    const best = await scoreBest(policy, state, { offered, limit });
    const keep = (scores: typeof all) => retrieve(scores, limit, createRandom(seed).split(user));
    expect(keep(best).kept).toEqual(keep(all).kept);
    const ids = keep(best).kept.map((index) => offered.at(index).view.itemId);
    expect(ids.filter((itemId) => seen.has(itemId))).toEqual([]);
    // A hundred new ones are hidden less often than not: some are left, and their indices are theirs.
    const fresh = all.fresh.map((index) => offered.at(index).view.itemId);
    expect(best.fresh).toEqual(all.fresh);
    expect(fresh).toEqual(
      list.flatMap(({ itemId }) => (itemId.startsWith("n-") && !seen.has(itemId) ? [itemId] : [])),
    );
  }
});

test("most of a catalogue is not scored exactly", async () => {
  const { policy, views, catalogue, random } = await open();
  const offered = eligible({
    candidates: undefined,
    catalogue,
    rules,
    leftOut: new Set(),
  });
  const { logits } = await scoreBest(policy, randomState(views, random), { offered, limit });
  expect(logits.length).toBeGreaterThanOrEqual(limit);
  expect(logits.length).toBeLessThan(2 * limit);
});
