import { describe, expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleState, sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { allSlots, maxContextTokens, maxItemTokens } from "../policy/item-features.ts";
import { createNetwork, growNetwork } from "../policy/network.ts";
import { poolCount, poolWeights } from "../policy/profile.ts";
import {
  batchRows,
  buildBatch,
  chooseBatchShape,
  distinctViews,
  maxBatchItems,
  tableRows,
} from "./batch.ts";
import { epochRows, recentBatches, shuffledBatches } from "./train-rows.ts";

const views = sampleViews(5);
const [a, b, c, d, e] = views as [
  (typeof views)[0],
  (typeof views)[0],
  (typeof views)[0],
  (typeof views)[0],
  (typeof views)[0],
];
const network = growNetwork(
  createNetwork({ heads: 1, width: 2, positions: 1 }, createRandom(1)),
  [a.itemId, b.itemId, c.itemId],
  createRandom(2),
);
const tables = tableRows(network);

describe("a batch", () => {
  const state = sampleState(
    [
      [d, 1],
      [a, -0.5],
      [d, 0.25],
    ],
    { hour: 3 },
  );
  const rows = [sampleRow([a, b, c], { state, action: 1 }), sampleRow([c, a], { action: 0 })];

  test("gives every item one column, actions first, then histories, then candidates", () => {
    const { columns, items } = buildBatch({
      rows,
      shape: { rows: 2, items: 6, slots: allSlots },
      tables,
    });
    // b, c are shown; d, a are known from the history.
    expect(columns.map((row) => [...row])).toEqual([
      [3, 0, 1],
      [1, 3],
    ]);
    expect(items.size).toBe(4);
  });

  test("gives two revisions of an item a column each, with the item's own row", () => {
    const later = { ...b, sequence: b.sequence! + 9, tokens: a.tokens };
    const rows = [{ state, candidates: [a, b, later], action: 2 }];
    const batch = buildBatch({ rows, shape: { rows: 1, items: 4, slots: allSlots }, tables });
    const [[first, second, third] = []] = batch.columns;
    expect(new Set([first, second, third]).size).toBe(3);
    const { itemRows } = batch.feeds;
    expect(itemRows![third!]).toBe(itemRows![second!]);
    const tokensOf = (column: number) =>
      batch.feeds.itemTokens!.slice(column * maxItemTokens, (column + 1) * maxItemTokens);
    expect(tokensOf(third!)).toEqual(tokensOf(first!));
  });

  test("feeds each column its table row and tokens; what the network does not know has row 0", () => {
    const { feeds } = buildBatch({ rows, shape: { rows: 2, items: 6, slots: allSlots }, tables });
    const rowOf = (view: typeof a) => network.itemIds.indexOf(view.itemId);
    expect([...feeds.itemRows!]).toEqual([rowOf(b), rowOf(c), 0, rowOf(a), 0, 0]);
    for (const [column, view] of [b, c, d, a].entries()) {
      const start = column * maxItemTokens;
      const count = view.tokens.length;
      expect([...feeds.itemTokens!.slice(start, start + count)]).toEqual(
        view.tokens.map(({ index }) => index),
      );
      const weights = feeds.itemTokenWeights!.slice(start, start + maxItemTokens);
      expect([...weights]).toEqual([
        ...Float32Array.from(view.tokens, ({ weight }) => weight),
        ...new Array(maxItemTokens - count).fill(0),
      ]);
    }
    expect(feeds.itemTokenWeights!.slice(4 * maxItemTokens).every((weight) => weight === 0)).toBe(
      true,
    );
  });

  test("pools a history over its columns: an item that came twice counts twice", () => {
    const items = 6;
    const { feeds } = buildBatch({ rows, shape: { rows: 2, items, slots: allSlots }, tables });
    const weights = poolWeights(state.profile.signals);
    expect(feeds.pools!.length).toBe(2 * poolCount * items);
    for (const [pool, [first, second, third]] of weights.entries()) {
      const [, , ofD, ofA] = feeds.pools!.slice(pool * items, (pool + 1) * items);
      expect(ofD).toBeCloseTo(first! + third!, 6);
      expect(ofA).toBeCloseTo(second!, 6);
    }
    const empty = feeds.pools!.slice(poolCount * items);
    expect(empty.every((weight) => weight === 0)).toBe(true);
  });

  test("feeds the context of each row, and zeros for rows that are not there", () => {
    const { feeds } = buildBatch({ rows, shape: { rows: 3, items: 6, slots: allSlots }, tables });
    expect(feeds.contextTokens![0]).toBe(state.profile.tokens[0]!.index);
    expect(feeds.contextWeights![0]).toBeCloseTo(state.profile.tokens[0]!.weight, 6);
    expect(feeds.contextWeights!.length).toBe(3 * maxContextTokens);
    expect(feeds.contextWeights!.slice(1).every((weight) => weight === 0)).toBe(true);
  });

  test("without room for all leaves candidates out, never an action or a history before one", () => {
    const { columns, items } = buildBatch({
      rows,
      shape: { rows: 2, items: 3, slots: allSlots },
      tables,
    });
    expect(items.size).toBe(3);
    expect(columns.map((row) => [...row])).toEqual([
      [-1, 0, 1],
      [1, -1],
    ]);
  });
});

describe("the shape of a batch", () => {
  test("is as wide as there are distinct items in candidates and histories", () => {
    const state = sampleState([[e, 1]]);
    const rows = [sampleRow([a, b], { state }), sampleRow([b, c])];
    const slots = { item: 3, context: 2 };
    const { size } = distinctViews(rows);
    expect(chooseBatchShape(size, slots)).toEqual({ rows: batchRows, items: 4, slots });
    expect(chooseBatchShape(0, slots)).toEqual({ rows: batchRows, items: 1, slots });
  });

  test("is bounded for a large catalogue", () => {
    expect(chooseBatchShape(maxBatchItems + 10, allSlots).items).toBe(maxBatchItems);
  });
});

describe("shuffled batches", () => {
  const split = (count: number, size: number, seed: number) => [
    ...shuffledBatches(count, size, createRandom(seed)),
  ];

  test("hold every index once, in batches of the size but the last", () => {
    const batches = split(10, 4, 1);
    expect(batches.map((batch) => batch.length)).toEqual([4, 4, 2]);
    expect(batches.flat().toSorted((left, right) => left - right)).toEqual([...Array(10).keys()]);
  });

  test("are in the order of the stream: the same for a seed, another in the next epoch", () => {
    expect(split(50, 8, 1)).toEqual(split(50, 8, 1));
    const stream = createRandom(1);
    const [first, second] = [1, 2].map(() => [...shuffledBatches(50, 8, stream)]);
    expect(first).not.toEqual(second);
  });

  test("of nothing are none", () => {
    expect(split(0, 4, 1)).toEqual([]);
  });
});

describe("batches of recent rows", () => {
  const most = 1000;
  const draw = (count: number, recent: number, random = createRandom(1)) =>
    [...recentBatches({ count, recent, most, batchRows: 8 }, random)].flat();

  test("hold all recent rows and as many older ones, which count for all that are older", () => {
    const drawn = draw(100, 10);
    expect(drawn.length).toBe(20);
    expect(epochRows({ count: 100, recent: 10, most })).toBe(20);
    expect(new Set(drawn.map(({ index }) => index)).size).toBe(20);
    const recent = drawn.filter(({ index }) => index < 10);
    expect(recent.map(({ weight }) => weight)).toEqual(new Array(10).fill(1));
    const older = drawn.filter(({ index }) => index >= 10);
    expect(older.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(90, 12);
  });

  test("hold every row as it is where half of them are recent", () => {
    for (const recent of [50, 70, 100]) {
      const drawn = draw(100, recent);
      expect(drawn.length).toBe(epochRows({ count: 100, recent, most }));
      expect(drawn.map(({ index }) => index).toSorted((a1, b1) => a1 - b1)).toEqual([
        ...Array(100).keys(),
      ]);
      expect(drawn.every(({ weight }) => weight === 1)).toBe(true);
    }
  });

  test("draw from both where they are too many, each weighted up for all of its kind", () => {
    for (const [count, recent, expected] of [
      [9000, 4000, 500],
      [4200, 4000, 800],
      [4000, 4000, 1000],
    ] as const) {
      const drawn = draw(count, recent);
      expect(drawn.length).toBe(most);
      expect(new Set(drawn.map(({ index }) => index)).size).toBe(most);
      const isRecent = ({ index }: { index: number }) => index < recent;
      const weigh = (rows: typeof drawn) => rows.reduce((sum, { weight }) => sum + weight, 0);
      expect(drawn.filter(isRecent).length).toBe(expected);
      expect(weigh(drawn.filter(isRecent))).toBeCloseTo(recent, 6);
      expect(weigh(drawn)).toBeCloseTo(count, 6);
    }
  });

  test("draw other older rows each epoch, and the same for the same seed", () => {
    const stream = createRandom(1);
    const olderOf = () =>
      new Set(draw(100, 10, stream).flatMap(({ index }) => (index < 10 ? [] : [index])));
    expect(olderOf()).not.toEqual(olderOf());
    expect(draw(100, 10)).toEqual(draw(100, 10));
  });

  test("of nothing are none", () => {
    expect(draw(0, 0)).toEqual([]);
  });
});
