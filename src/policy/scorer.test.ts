import { expect, onTestFinished, test } from "vitest";
import {
  largestDifference,
  randomNetwork,
  randomState,
  sampleState,
  sampleView,
  sampleViews,
} from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { itemBatch } from "./item-embedder.ts";
import { growNetwork, type Network } from "./network.ts";
import type { ItemView } from "./policy.ts";
import { createScorer, type ScoreRequest } from "./scorer.ts";

const shape = { heads: 3, width: 4, positions: 2 };
/** Sums of a hundred float32 products in another order. */
const rounding = 1e-5;

async function open(network: Network, batchStates: number) {
  const scorer = await createScorer(network, { batchStates, threads: 1 });
  onTestFinished(() => scorer.close());
  return scorer;
}

function randomRequests(views: readonly ItemView[], count: number): ScoreRequest[] {
  const random = createRandom(3);
  return Array.from({ length: count }, () => ({
    state: randomState(views, random),
    candidates: views.filter(() => random.uniform() < 0.5),
  }));
}

function expectSame(left: readonly Float64Array[][], right: readonly Float64Array[][]): void {
  expect(left.map((heads) => heads.length)).toEqual(right.map((heads) => heads.length));
  for (const [index, heads] of left.entries()) {
    for (const [head, values] of heads.entries())
      expect(largestDifference(values, right[index]![head]!)).toBeLessThan(rounding);
  }
}

test("scores agree with a computation by hand", async () => {
  // One head of width 1, no tokens: e = itemTable, h = Σ pools·W + c, f = h·e + u·e + b.
  const [unknown, a, b] = [sampleView("x"), sampleView("a"), sampleView("b")];
  const small = { heads: 1, width: 1, positions: 2 };
  const zero = randomNetwork(small, [a, b], createRandom(1));
  const parameters = {
    ...Object.fromEntries(
      Object.entries(zero.parameters).map(([name, values]) => [name, values.map(() => 0)]),
    ),
    itemTable: Float32Array.of(0.5, 2, -1),
    itemBias: Float32Array.of(0, 10, 20),
    itemWeights: Float32Array.of(3),
    // Only the plain mean of the history counts.
    stateWeights: zero.parameters.stateWeights!.map((_, index) => (index === 0 ? 4 : 0)),
    stateBias: Float32Array.of(1),
    // Of reward heads, and in no score.
    positionBias: Float32Array.of(100, 200),
  };
  const scorer = await open({ ...zero, parameters }, 1);
  // h = 4·(2 − 1)/2 + 1 = 3.
  const state = sampleState([
    [a, 1],
    [b, 1],
  ]);
  const candidates = [unknown, a, b];
  const [[plain] = []] = await scorer.score([{ state, candidates }]);
  expect([...plain!]).toEqual([3 * 0.5 + 3 * 0.5, 3 * 2 + 3 * 2 + 10, -3 - 3 + 20]);
});

test("batches of states of any size give the same scores, in the order of the requests", async () => {
  const views = sampleViews(9);
  const network = randomNetwork(shape, views, createRandom(1));
  const requests = randomRequests(views, 8);
  const one = await (await open(network, 1)).score(requests);
  expect(one.map(([head]) => head!.length)).toEqual(requests.map((r) => r.candidates.length));
  for (const batchStates of [3, 8, 64])
    expectSame(one, await (await open(network, batchStates)).score(requests));
});

test("a network whose states are all alike gives every state the scores that a batch has", async () => {
  const views = sampleViews(9);
  const network = randomNetwork(shape, views, createRandom(1));
  const requests = randomRequests(views, 8);
  const zero = (name: string) => ({ [name]: network.parameters[name]!.map(() => 0) });
  for (const changed of [
    { ...zero("stateWeights"), ...zero("contextTable") },
    zero("stateWeights"),
  ]) {
    const one = { ...network, parameters: { ...network.parameters, ...changed } };
    const alone = await (await open(one, 1)).score(requests);
    expectSame(alone, await (await open(one, 8)).score(requests));
  }
});

test("of policies popularity alone has a likeness: the others' states tell users apart", async () => {
  const views = sampleViews(6);
  const network = randomNetwork(shape, views, createRandom(1));
  const request = { state: sampleState([[views[0]!, 1]]), candidates: views };
  const changed = (...names: readonly string[]): Network => ({
    ...network,
    parameters: {
      ...network.parameters,
      ...Object.fromEntries(names.map((name) => [name, network.parameters[name]!.map(() => 0)])),
    },
  });
  const likenessOf = async (one: Network) =>
    (await (await open(one, 1)).represent(request)).likeness;
  const popularity = await likenessOf(changed("stateWeights"));
  // The category of every third item, over one event and three more.
  const { itemIds, values } = popularity!;
  expect(itemIds).toEqual(views.map(({ itemId }) => itemId));
  expect([...values].filter((_, cell) => cell % 2 === 0)).toEqual([0.25, 0, 0, 0.25, 0, 0]);
  for (const other of [network, changed("stateWeights", "itemBias")])
    expect(await likenessOf(other)).toBeUndefined();
});

test("requests that share a state, or come twice, get the scores of their own candidates", async () => {
  const views = sampleViews(5);
  const scorer = await open(randomNetwork(shape, views, createRandom(1)), 2);
  const state = randomState(views, createRandom(2));
  const all = { state, candidates: views };
  const some = { state, candidates: [views[3]!, views[1]!] };
  const [full, part, again] = await scorer.score([all, some, all]);
  expect(again).toEqual(full);
  expect(part).toEqual(full!.map((head) => Float64Array.of(head[3]!, head[1]!)));
});

test("more items than one run embeds are scored like few", async () => {
  const views = sampleViews(itemBatch + 44);
  const network = randomNetwork(shape, views, createRandom(1));
  const state = sampleState([
    [views[0]!, 1],
    [views[itemBatch + 1]!, -0.5],
  ]);
  const [full] = await (await open(network, 1)).score([{ state, candidates: views }]);
  const few = views.slice(itemBatch - 2, itemBatch + 2);
  const [part] = await (await open(network, 1)).score([{ state, candidates: few }]);
  expect(full![0]!.length).toBe(views.length);
  expectSame([part!], [full!.map((head) => head.slice(itemBatch - 2, itemBatch + 2))]);
});

test("a new revision of an item is embedded anew", async () => {
  const old = sampleView("a", { categories: ["drama"] });
  const revised = sampleView("a", { categories: ["comedy"] });
  const scorer = await open(randomNetwork(shape, [old], createRandom(1)), 1);
  const state = sampleState([[old, 1]]);
  const [[before] = []] = await scorer.score([{ state, candidates: [old] }]);
  const [[both] = []] = await scorer.score([{ state, candidates: [old, revised] }]);
  expect(both![0]).toBe(before![0]);
  expect(Math.abs(both![1]! - both![0]!)).toBeGreaterThan(1e-3);
});

test("growing the network leaves the scores of known items as they were", async () => {
  const views = sampleViews(6);
  const network = randomNetwork(shape, views, createRandom(1));
  const grown = growNetwork(network, [sampleView("new").itemId], createRandom(2));
  const requests = randomRequests(views, 4);
  const before = await (await open(network, 2)).score(requests);
  expectSame(await (await open(grown, 2)).score(requests), before);
});

test("no requests have no scores", async () => {
  const scorer = await open(randomNetwork(shape, sampleViews(2), createRandom(1)), 4);
  expect(await scorer.score([])).toEqual([]);
});
