import { describe, expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { randomNetwork, sampleState, sampleView, sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import {
  allSlots,
  itemTokenBuckets,
  maxContextTokens,
  maxItemTokens,
} from "../policy/item-features.ts";
import { createNetwork, growNetwork } from "../policy/network.ts";
import type { ItemView } from "../policy/policy.ts";
import { poolCount, poolWeights } from "../policy/profile.ts";
import { batchLimits, buildBatch, chooseBatchShape, drawnBatches } from "./batch.ts";
import { createFeedArrays } from "./batch-feeds.ts";
import { shuffledUnits } from "./train-rows.ts";
import { type BatchRow, layRows, tableRows } from "./training-rows.ts";

const [a, b, c, d] = sampleViews(4) as [ItemView, ItemView, ItemView, ItemView];
const network = growNetwork(
  createNetwork({ heads: 1, width: 2, positions: 1 }, createRandom(1)),
  [a.itemId, b.itemId, c.itemId],
  createRandom(2),
);
const whole = { tables: tableRows(network), slots: allSlots };

/** All rows in one batch, with room for more of everything. */
function batchOf(rows: readonly BatchRow[]) {
  const laid = layRows(rows, whole);
  const shape = {
    rows: 4,
    states: 3,
    candidates: 4,
    items: 6,
    read: 5,
    historyRows: 4,
    candidateRows: 5,
    tokens: itemTokenBuckets,
    slots: allSlots,
  };
  const drawn = laid.units.map((_, index) => ({ index, weight: 1 + index }));
  return { shape, ...buildBatch(laid, drawn, { sizes: shape, arrays: createFeedArrays() }) };
}

const rowOf = (view: ItemView) => network.itemIds.indexOf(view.itemId);

/** Tokens of a candidate as they are fed: the cell of the product with each, and its weight. */
function tokensOf(
  { feeds, shape }: Pick<ReturnType<typeof batchOf>, "feeds" | "shape">,
  cell: number,
) {
  const count = shape.states * shape.candidates;
  return Array.from({ length: maxItemTokens }, (_, slot) => slot * count + cell)
    .map((at) => [feeds.tokenCells![at]!, feeds.tokenWeights![at]!] as const)
    .filter(([, weight]) => weight !== 0);
}

describe("a batch", () => {
  const state = sampleState(
    [
      [d, 1],
      [a, -0.5],
      [d, 0.25],
    ],
    { hour: 3 },
  );
  const slate = [a, b, c];
  const rows = [
    sampleRow(slate, { state, action: 1 }),
    sampleRow([a, c], { state, action: 1, slateCandidates: slate }),
    sampleRow([c, a], { action: 0 }),
  ];

  test("has each candidate of each row once, at its place among those of its slate", () => {
    const { places, stateOf, feeds, shape } = batchOf(rows);
    expect(places.map((row) => [...row])).toEqual([
      [0, 1, 2],
      [0, 2],
      [0, 1],
    ]);
    expect([...stateOf]).toEqual([0, 0, 1, 0]);
    for (const [row, { candidates }] of rows.entries()) {
      for (const [index, view] of candidates.entries()) {
        const cell = stateOf[row]! * shape.candidates + places[row]![index]!;
        const column = feeds.rowCells![cell]! - stateOf[row]! * shape.candidateRows;
        expect(feeds.candidateRows![column]).toBe(rowOf(view));
        const tokens = view.tokens.filter(({ weight }) => weight !== 0);
        expect(tokensOf({ feeds, shape }, cell)).toEqual(
          tokens.map(({ index, weight }) => [
            stateOf[row]! * itemTokenBuckets + index,
            Math.fround(weight),
          ]),
        );
      }
    }
  });

  test("keeps the order of its rows, with the weight that their slate was drawn with", () => {
    const batch = batchOf(rows);
    expect(batch.rows).toEqual(rows);
    expect(batch.drawn).toEqual([
      { index: 0, weight: 1 },
      { index: 1, weight: 1 },
      { index: 2, weight: 2 },
    ]);
  });

  test("refuses a row whose candidates are not its slate's", () => {
    expect(() => batchOf([sampleRow([a, d], { slateCandidates: slate })])).toThrow(
      "candidate i-3 is not in its slate's order",
    );
  });

  test("reads two revisions of an item by the item's own row, each with its own tokens", () => {
    const later = { ...b, sequence: b.sequence! + 9, tokens: a.tokens };
    const batch = batchOf([{ state, candidates: [a, b, later], action: 2 }]);
    const [first, second, third] = batch.feeds.rowCells!;
    expect(third).toBe(second);
    expect(third).not.toBe(first);
    expect(tokensOf(batch, 2)).toEqual(tokensOf(batch, 0));
    expect(tokensOf(batch, 2)).not.toEqual(tokensOf(batch, 1));
  });

  test("feeds the items that rows show with table row and tokens; unknown items have row 0", () => {
    const { feeds, shape } = batchOf([...rows, sampleRow([d], { action: 0 })].slice(1));
    const shown = [c, c, d];
    expect([...feeds.shownRows!]).toEqual([...shown.map(rowOf).with(2, 0), 0]);
    for (const [row, view] of shown.entries()) {
      const start = row * maxItemTokens;
      const count = view.tokens.length;
      expect([...feeds.shownTokens!.slice(start, start + count)]).toEqual(
        view.tokens.map(({ index }) => index),
      );
      expect([...feeds.shownTokenWeights!.slice(start, start + maxItemTokens)]).toEqual([
        ...Float32Array.from(view.tokens, ({ weight }) => weight),
        ...new Array(maxItemTokens - count).fill(0),
      ]);
    }
    const padding = feeds.shownTokenWeights!.slice(shown.length * maxItemTokens);
    expect(padding.length).toBe((shape.rows - shown.length) * maxItemTokens);
    expect(padding.every((weight) => weight === 0)).toBe(true);
  });

  test("pools a history by its table rows: an item that came twice counts twice", () => {
    const { feeds, shape } = batchOf(rows);
    const weights = poolWeights(state.profile.signals);
    expect(feeds.rowPools!.length).toBe(shape.states * poolCount * shape.historyRows);
    expect([...feeds.historyRows!]).toEqual([0, rowOf(a), 0, 0]);
    for (const [pool, [first, second, third]] of weights.entries()) {
      const [ofD, ofA] = feeds.rowPools!.slice(pool * shape.historyRows);
      expect(ofD).toBeCloseTo(first! + third!, 6);
      expect(ofA).toBeCloseTo(second!, 6);
    }
    const empty = feeds.rowPools!.slice(poolCount * shape.historyRows);
    expect(empty.every((weight) => weight === 0)).toBe(true);
  });

  test("pools a history by the tokens of its items", () => {
    const { feeds } = batchOf(rows);
    for (const [pool, weights] of poolWeights(state.profile.signals).entries()) {
      const expected = new Float64Array(itemTokenBuckets);
      for (const [entry, view] of [d, a, d].entries())
        for (const { index, weight } of view.tokens) expected[index]! += weights[entry]! * weight;
      const fed = feeds.tokenPools!.slice(pool * itemTokenBuckets, (pool + 1) * itemTokenBuckets);
      const errors = expected.map((weight, token) => Math.abs(weight - fed[token]!));
      expect(Math.max(...errors)).toBeLessThan(1e-6);
    }
  });

  test("feeds the context of each state, and zeros for states that are not there", () => {
    const { feeds } = batchOf(rows);
    expect(feeds.contextTokens![0]).toBe(state.profile.tokens[0]!.index);
    expect(feeds.contextWeights![0]).toBeCloseTo(state.profile.tokens[0]!.weight, 6);
    expect(feeds.contextWeights!.length).toBe(3 * maxContextTokens);
    expect(feeds.contextWeights!.slice(1).every((weight) => weight === 0)).toBe(true);
  });
});

describe("batches", () => {
  /** Slates of `positions` from candidates that no two of them share. */
  const slates = (count: number, positions: number, candidates: number) =>
    Array.from({ length: count }, (_, slate) => {
      const all = Array.from({ length: candidates }, (_, a) => sampleView(`i-${slate}-${a}`));
      const state = sampleState([[sampleView(`h-${slate}`), 1]]);
      return Array.from({ length: positions }, (_, position) =>
        sampleRow(all.slice(position), { state, slateCandidates: all }),
      );
    }).flat();
  const whole = {
    tables: tableRows(randomNetwork({ heads: 1, width: 2, positions: 1 }, [], createRandom(1))),
    slots: { item: 1, context: 1 },
  };
  const batchesFrom = (rows: readonly BatchRow[]) => {
    const laid = layRows(rows, whole);
    const shape = chooseBatchShape(laid, createRandom(2));
    const drawn = shuffledUnits(laid.units.length, createRandom(3));
    return { shape, batches: [...drawnBatches(laid, drawn, shape)] };
  };

  test("hold each row once, whole slates together, and are no larger than they need to be", () => {
    const rows = slates(30, 10, 12);
    const { shape, batches } = batchesFrom(rows);
    expect(shape).toMatchObject({ rows: 250, states: 25, candidates: 12, items: 300, read: 275 });
    expect(batches.map((batch) => batch.rows.length)).toEqual([250, 50]);
    expect(new Set(batches.flatMap((batch) => batch.rows))).toEqual(new Set(rows));
  });

  test("have fewer rows if their candidates are too many, so that none is left out", () => {
    const rows = slates(100, 1, 500);
    const { shape, batches } = batchesFrom(rows);
    expect(shape.items).toBeLessThanOrEqual(batchLimits.items);
    expect(shape.rows).toBe(32);
    const all = batches.flatMap((batch) => batch.places);
    expect(all.map((places) => new Set(places).size)).toEqual(new Array(100).fill(500));
  });

  test("are full in any order, though users come in one after the other", () => {
    const users = Array.from({ length: 64 }, (_, user) =>
      Array.from({ length: 60 }, (_, i) => sampleView(`u-${user}-${i}`)),
    );
    // Sixteen visits each of 64 users: sixteen users to a batch in this order, all of them by lot.
    const rows = users.flatMap((viewed) =>
      Array.from({ length: 16 }, () =>
        sampleRow([a, b], { state: sampleState(viewed.map((view) => [view, 1] as const)) }),
      ),
    );
    const { shape, batches } = batchesFrom(rows);
    expect(shape.read).toBeGreaterThan(64 * 55);
    expect(batches.length).toBeLessThanOrEqual(6);
  });

  test("are made in one place, and as if it were new", () => {
    const laid = layRows(slates(60, 10, 12), whole);
    const shape = chooseBatchShape(laid, createRandom(2));
    const drawn = shuffledUnits(laid.units.length, createRandom(3));
    const names = ["rowCells", "tokenCells", "tokenWeights", "rowPools", "tokenPools"] as const;
    const seen: object[] = [];
    let at = 0;
    for (const { feeds, drawn: rows } of drawnBatches(laid, drawn, shape)) {
      const units = drawn.slice(at, at + rows.length / 10);
      at += units.length;
      const anew = buildBatch(laid, units, { sizes: shape, arrays: createFeedArrays() });
      expect(feeds).toEqual(anew.feeds);
      seen.push(...names.map((name) => feeds[name]!));
    }
    expect(at).toBe(60);
    expect(new Set(seen).size).toBe(names.length);
  });

  test("hold a slate that exceeds every limit alone", () => {
    const rows = slates(1, 1, batchLimits.items + 1);
    expect(batchesFrom(rows).shape.items).toBe(batchLimits.items + 1);
  });

  test("of nothing are none", () => {
    expect(batchesFrom([]).batches).toEqual([]);
  });
});
