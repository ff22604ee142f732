import { expect, onTestFinished, test } from "vitest";
import { startOfTests } from "../../../tests/support/engine.ts";
import { shopConfiguration, shopItems } from "../../../tests/support/shop.ts";
import type { Decision } from "../../domain/decision.ts";
import { type ItemId, userId } from "../../domain/ids.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";
import { createRandom } from "../../numeric/random.ts";
import type { Policy } from "../../policy/policy.ts";
import { positionProbabilities } from "../../policy/slate.ts";
import { openSqliteStore } from "../../storage/sqlite/open.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { createEngine } from "../create-engine.ts";

const items = 2000;
const decisions = 600;
const options = { scenario: { slateSize: 1, maxCandidates: 50, exploration: 0.03 } };
const placeOf = (itemId: ItemId) => Number(itemId.slice(2));

/** Clicks a visit: some of the head are liked, of the tail nothing. */
const clickRate = (itemId: ItemId) => {
  const place = placeOf(itemId);
  return place >= 100 ? 0.01 : place % 10 === 0 ? 0.3 : 0.1;
};
/** Knows that the head is better than the tail. */
const incumbent = (place: number) => (place < 100 ? 3 : 0) - place / items;
/** Knows the head better, and is wrong about three items of the tail. */
const challenger = (place: number) =>
  place >= items - 3 ? 12 : incumbent(place) + (place < 100 && place % 10 === 0 ? 2 : 0);

const toPolicy = (score: (place: number) => number): Policy => ({
  kind: "network",
  logits: async (_, views) => Float64Array.from(views, ({ itemId }) => score(placeOf(itemId))),
  close: async () => {},
});
const policies = new Map([
  [1, toPolicy(incumbent)],
  [2, toPolicy(challenger)],
]);

async function serve(assignment: Partial<Assignment>): Promise<Decision[]> {
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  let ids = 0;
  const engine = await createEngine({
    store,
    configuration: parseConfiguration(shopConfiguration(options)),
    clock: () => startOfTests,
    random: createRandom(61),
    createId: () => `d-${ids++}`,
    policies: {
      get: async (version) => policies.get(version)!,
      problem: () => undefined,
      close: async () => {},
    },
  });
  const all = shopItems(items);
  for (let start = 0; start < items; start += 500)
    await engine.putItems(all.slice(start, start + 500));
  await store.policies.apply({
    assign: () => ({ scenario: "shop", assignment: { canaryShare: 0, ...assignment } }),
  });
  const served: Decision[] = [];
  for (let visit = 0; visit < decisions; visit++)
    served.push((await engine.recommend({ userId: userId(`user-${visit}`) })).decision);
  return served;
}

/** Mean and standard error. */
function describe(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares) / values.length };
}

const truth = (served: readonly Decision[]) =>
  describe(served.map(({ slate }) => clickRate(slate[0]!)));

/** As a gate with a perfect reward model: the value of a policy on the candidates of a log. */
const judge = (served: readonly Decision[], score: (place: number) => number) =>
  describe(
    served.map(({ candidates, exploration }) => {
      const logits = Float64Array.from(candidates, ({ itemId }) => score(placeOf(itemId)));
      const probabilities = positionProbabilities(logits, [], exploration);
      return candidates.reduce(
        (sum, { itemId }, index) => sum + probabilities[index]! * clickRate(itemId),
        0,
      );
    }),
  );

test("a policy that a shared retriever feeds is worth after its promotion what it was judged to be", async () => {
  const log = await serve({ serving: 1, retriever: 1 });
  expect(log.every(({ retriever }) => retriever === 1)).toBe(true);
  const judged = judge(log, challenger);
  const before = truth(log);
  expect(judged.mean).toBeGreaterThan(1.4 * before.mean);
  const served = truth(await serve({ serving: 2, retriever: 1 }));
  const error = Math.hypot(judged.error, served.error);
  expect(Math.abs(served.mean - judged.mean)).toBeLessThan(3 * error);
});

test("with a retrieval of its own it would serve something else than what was judged, and the next judgement sees it", async () => {
  const log = await serve({ serving: 1, retriever: 1 });
  const own = await serve({ serving: 2, retriever: 2 });
  expect(truth(own).mean).toBeLessThan(0.2 * truth(log).mean);
  // Both policies on the candidates of the new retriever.
  expect(judge(own, challenger).mean).toBeLessThan(0.2 * judge(own, incumbent).mean);
});

test("while two retrievers are compared one policy serves on the candidates of both, and the worse one costs its share alone", async () => {
  const holdback = { holdback: 2, holdbackShare: 0.5 };
  const served = await serve({ serving: 2, retriever: 1, ...holdback });
  expect(new Set(served.map(({ policyVersion }) => policyVersion))).toEqual(new Set([2]));
  const of = (arm: string) => served.filter((decision) => decision.arm === arm);
  expect(of("serving").every(({ retriever }) => retriever === 1)).toBe(true);
  expect(of("holdback").every(({ retriever }) => retriever === 2)).toBe(true);
  expect(of("holdback").length).toBeGreaterThan(250);
  expect(truth(of("holdback")).mean).toBeLessThan(0.2 * truth(of("serving")).mean);
});
