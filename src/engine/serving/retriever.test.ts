import { expect, onTestFinished, test } from "vitest";
import {
  onEncoder,
  randomNetwork,
  randomState,
  sampleChain,
  sampleEncoder,
  sampleFeatureMap,
  sampleState,
  sampleView,
  sampleViews,
} from "../../../tests/support/policy.ts";
import { itemId } from "../../domain/ids.ts";
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

/** A catalogue of 3,000 items, of which the policy knows the first 2,700; the newest ten are alike. */
async function open() {
  const random = createRandom(seed);
  const views = sampleViews(2700);
  const encoder = sampleEncoder(views, seed, {
    chain: sampleChain(views.length),
    features: sampleFeatureMap(8),
  });
  const head = randomNetwork({ heads: 1, width: 8, positions: 1 }, views, random);
  const openPolicy = async () => {
    const policy = await openNetworkPolicy(onEncoder(head, encoder));
    onTestFinished(() => policy.close());
    return policy;
  };
  const policy = await openPolicy();
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  const newer = Array.from({ length: 300 }, (_, index) => sampleView(`n-${index}`));
  await store.items.put(
    [...views, ...newer].map(({ itemId }, index) => ({
      itemId,
      categories: [`genre-${index % 3}`],
      available: true,
      attributes: index < 2990 ? { year: index } : {},
    })),
  );
  const catalogue = createCatalogue(store.items);
  await catalogue.refresh(await store.items.sequence());
  return { policy, openPolicy, views, items: store.items, catalogue, random };
}

const rules = joinRules({}, undefined, 0);

test("the best of those that products of bytes leave are the best of all", async () => {
  const { policy, views, catalogue, random } = await open();
  const list = catalogue.available();
  for (let user = 0; user < 10; user++) {
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
    const freshOf = ({ fresh: { length, at } }: typeof all) =>
      Array.from({ length }, (_, place) => offered.at(at(place) ?? -1).view.itemId);
    const fresh = freshOf(all);
    expect(freshOf(best)).toEqual(fresh);
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

/** Some items with other features, some withdrawn or offered again, and a new one. */
function drawChanges(round: number, random: ReturnType<typeof createRandom>) {
  const changed = Array.from({ length: 12 }, () => random.integer(2700));
  return [...new Set(changed), `new-${round}`].map((one) => ({
    itemId: itemId(typeof one === "number" ? `i-${one}` : one),
    categories: [`genre-${random.integer(5)}`],
    attributes: { year: random.integer(50) },
    available: typeof one === "string" || random.uniform() < 0.6,
  }));
}

test("lists and products that follow the catalogue's changes retrieve what those made anew retrieve", async () => {
  const { policy, openPolicy, views, items, catalogue, random } = await open();
  const filter = "category in ('genre-0', 'genre-1', 'genre-2')";
  const some = joinRules({ rules: { filter } }, undefined, 0);
  for (let round = 0; round < 5; round++) {
    await items.put(drawChanges(round, random));
    await catalogue.refresh(await items.sequence());
    const late = createCatalogue(items);
    await late.refresh(await items.sequence());
    for (const wanted of [rules, some]) {
      const state = round === 3 ? sampleState() : randomState(views, random);
      const leftOut = new Set(views.slice(0, 20 * round).map((view) => view.itemId));
      const offer = { candidates: undefined, rules: wanted, leftOut };
      const [kept, anew] = [catalogue, late].map((one) => eligible({ ...offer, catalogue: one }));
      const best = await scoreBest(policy, state, { offered: kept!, limit });
      const exact = await scoreOffered(await openPolicy(), state, {
        list: [...anew!.list],
        hidden: anew!.hidden,
      });
      const idsOf = ({ at }: typeof kept & object, scores: typeof exact) =>
        retrieve(scores, limit, createRandom(round)).kept.map((index) => at(index).view.itemId);
      expect(best.part?.of).toBe(anew!.count);
      expect(idsOf(kept!, best)).toEqual(idsOf(anew!, exact));
    }
  }
});

test("requests that run at the same time, and one that began before a change, each get their own best", async () => {
  const { policy, views, items, catalogue, random } = await open();
  const offer = { candidates: undefined, catalogue, rules, leftOut: new Set<never>() };
  const before = eligible(offer);
  await policy.logits(sampleState(), before.list);
  await items.put(drawChanges(0, random));
  await catalogue.refresh(await items.sequence());
  const asked = Array.from({ length: 40 }, (_, index) => ({
    state: randomState(views, random),
    offered: index % 3 === 0 ? before : eligible(offer),
  }));
  const kept = (scores: Awaited<ReturnType<typeof scoreBest>>) =>
    retrieve(scores, limit, createRandom(seed)).kept;
  const found = await Promise.all(
    asked.map(async ({ state, offered }) =>
      kept(await scoreBest(policy, state, { offered, limit })),
    ),
  );
  for (const [index, { state, offered }] of asked.entries())
    expect(found[index]).toEqual(kept(await scoreOffered(policy, state, offered)));
});
