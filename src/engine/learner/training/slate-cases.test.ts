import { expect, test } from "vitest";
import { sampleItem } from "../../../../tests/support/sample.ts";
import { itemId } from "../../../domain/ids.ts";
import { createRandom } from "../../../numeric/random.ts";
import type { Policy } from "../../../policy/policy.ts";
import { openSqliteStore } from "../../../storage/sqlite/open.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { joinRules } from "../../rules/offer-rules.ts";
import { createCatalogue } from "../../state/catalogue.ts";
import { createState } from "../../state/read-state.ts";
import { readCases } from "./slate-cases.ts";

const names = ["a", "b", "c", "d"].map(itemId);

/** Prefers early letters, whoever asks. */
const alphabetical: Policy = {
  kind: "popularity",
  logits: async (_, candidates) =>
    Float64Array.from(candidates, (one) => -names.indexOf(one.itemId)),
  close: async () => {},
};

/** Cases of users who have seen some items and whose next one is given, e.g. "ab→c". */
async function readAll(users: readonly string[], scenario: object) {
  const reward = { weights: { click: 1 }, windowSeconds: 60, maximum: 1 };
  const [parsed] = parseConfiguration({
    scenarios: [{ name: "shop", slateSize: 1, excludeSeen: true, reward, ...scenario }],
  }).scenarios;
  const store = await openSqliteStore(":memory:");
  await store.items.put([
    ...names.map((id) => sampleItem(id)),
    sampleItem("e", { available: false }),
  ]);
  const catalogue = createCatalogue(store.items);
  await catalogue.refresh(await store.sequence());
  await store.close();
  const available = new Set(catalogue.available().map((view) => view.itemId));
  const context = { scenario: parsed!, catalogue, available };
  const user = { history: [], attributes: {} };
  const state = createState({ user, catalogue, scenario: parsed!, context: {} });
  const rules = joinRules({}, undefined, 0);
  const heldOut = users.map((text) => {
    const [seen = "", next = ""] = text.split("→");
    const leftOut = new Set(parsed!.excludeSeen ? [...seen].map(itemId) : []);
    return { state, next: catalogue.get(itemId(next)), rules, leftOut };
  });
  return readCases(alphabetical, heldOut, { context, random: createRandom(1) });
}

test("the whole catalogue is ranked without what the user has seen", async () => {
  const users = ["b→a", "a→c", "ab→c", "b→d"];
  const sorted = async (slateSize: number) =>
    (await readAll(users, { slateSize })).map((one) => one.sorted);
  expect(await sorted(1)).toEqual([1, 0, 1, 0]);
  expect(await sorted(2)).toEqual([1, 1, 1, 0]);
  const [first] = await readAll(users, {});
  expect(first).toEqual({
    sorted: 1,
    ndcg: 1,
    logits: Float64Array.of(-0, -2, -3),
    target: 0,
    rules: {},
  });
});

test("seen items are candidates if the scenario shows them again", async () => {
  const [one] = await readAll(["ab→a"], { excludeSeen: false });
  expect(one).toEqual({
    sorted: 1,
    ndcg: 1,
    logits: Float64Array.of(-0, -1, -2, -3),
    target: 0,
    rules: {},
  });
});

test("retrieval can leave the next item out", async () => {
  // Two of four are kept: the best, and one of the others by lot.
  const cases = await readAll(
    Array.from({ length: 60 }, () => "→d"),
    { maxCandidates: 2 },
  );
  const kept = cases.filter(({ target }) => target !== -1);
  expect(cases.every(({ logits }) => logits.length === 2 && logits[0] === 0)).toBe(true);
  expect(kept.every(({ target, logits }) => logits[target] === -3)).toBe(true);
  // A third of 60, within 3 standard deviations.
  expect(Math.abs(kept.length - 20)).toBeLessThan(3 * Math.sqrt((60 * 2) / 9));
});
