import { expect, test } from "vitest";
import { randomNetwork, sampleState, sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { createEntryFeeds, encodedLength, writeEntries } from "./history-encoder.ts";
import { createNetwork, type Network, type NetworkShape } from "./network.ts";
import { createScorer } from "./scorer.ts";

const shape: NetworkShape = { heads: 1, width: 4, positions: 1, blocks: 1 };
const views = sampleViews(6);
const [a, b, c] = views as [(typeof views)[0], (typeof views)[0], (typeof views)[0]];

async function score(network: Network, ...states: readonly ReturnType<typeof sampleState>[]) {
  const scorer = await createScorer(network, { batchStates: 2, threads: 1 });
  const scores = await scorer.score(states.map((state) => ({ state, candidates: views })));
  await scorer.close();
  return scores.map(([head]) => [...head!]);
}

test("the newest event is in the last cell, and what is older than the encoder looks is left out", () => {
  const clicks = Array.from({ length: encodedLength + 2 }, (_, i) => [a, i / 100] as const);
  const feeds = createEntryFeeds(2);
  const cells: number[][] = [];
  writeEntries(
    feeds,
    sampleState([
      [a, 1],
      [b, -0.5],
    ]),
    0,
    (...entry) => cells.push(entry),
  );
  expect(cells).toEqual([
    [encodedLength - 1, 1],
    [encodedLength - 2, 0],
  ]);
  expect([...feeds.entrySignals.slice(0, encodedLength)].slice(-3)).toEqual([0, 1, -0.5]);
  expect([...feeds.entrySegments.slice(0, encodedLength)].slice(-3)).toEqual([0, 1, 1]);
  writeEntries(feeds, sampleState(clicks), 1, () => {});
  expect(feeds.entrySignals[encodedLength]).toBeCloseTo(0.02, 6);
  expect(feeds.entrySegments.slice(encodedLength).every((segment) => segment === 1)).toBe(true);
});

test("a user without events has one cell, so that attention has something to look at", () => {
  const { entrySegments } = createEntryFeeds(1);
  expect([...entrySegments]).toEqual([...new Array(encodedLength - 1).fill(0), 1]);
});

test("a new network scores as its pools do, whatever the encoder finds", async () => {
  const network = createNetwork(shape, createRandom(1));
  const pools = { ...network, shape: { ...shape, blocks: 0 } };
  const states = [
    sampleState([
      [a, 1],
      [b, 1],
    ]),
    sampleState(),
  ];
  expect(await score(network, ...states)).toEqual(await score(pools, ...states));
});

test("the order of events and the signal of each count", async () => {
  const network = randomNetwork(shape, views, createRandom(1));
  // Without the pools, only the encoder's input is left of the history.
  const stateWeights = new Float32Array(network.parameters.stateWeights!.length);
  const encoded = { ...network, parameters: { ...network.parameters, stateWeights } };
  const [forward, backward, disliked] = await score(
    encoded,
    sampleState([
      [a, 1],
      [b, 1],
      [c, 1],
    ]),
    sampleState([
      [b, 1],
      [a, 1],
      [c, 1],
    ]),
    sampleState([
      [a, 1],
      [b, -1],
      [c, 1],
    ]),
  );
  const distance = (left: number[], right: number[]) =>
    Math.max(...left.map((value, index) => Math.abs(value - right[index]!)));
  expect(distance(forward!, backward!)).toBeGreaterThan(1e-3);
  expect(distance(forward!, disliked!)).toBeGreaterThan(1e-3);
});
