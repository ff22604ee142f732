import { describe, expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { randomNetwork, sampleState, sampleView, sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { allSlots, maxContextTokens, maxItemTokens } from "../policy/item-features.ts";
import { createNetwork, growNetwork } from "../policy/network.ts";
import type { ItemView } from "../policy/policy.ts";
import { poolCount, poolWeights } from "../policy/profile.ts";
import { batchLimits, buildBatch, chooseBatchShape, drawnBatches } from "./batch.ts";
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
  const shape = { rows: 4, states: 3, candidates: 4, items: 6, read: 5, slots: allSlots };
  const drawn = laid.units.map((_, index) => ({ index, weight: 1 + index }));
  return { shape, ...buildBatch(laid, drawn, shape) };
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
    const rowOf = (view: ItemView) => network.itemIds.indexOf(view.itemId);
    for (const [row, { candidates }] of rows.entries()) {
      for (const [index, view] of candidates.entries()) {
        const cell = stateOf[row]! * shape.candidates + places[row]![index]!;
        const column = feeds.cells![cell]! - stateOf[row]! * shape.items;
        expect(feeds.candidateRows![column]).toBe(rowOf(view));
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

  test("gives two revisions of an item a column each, with the item's own row", () => {
    const later = { ...b, sequence: b.sequence! + 9, tokens: a.tokens };
    const { feeds } = batchOf([{ state, candidates: [a, b, later], action: 2 }]);
    const [first, second, third] = feeds.cells!;
    expect(new Set([first, second, third]).size).toBe(3);
    expect(feeds.candidateRows![third!]).toBe(feeds.candidateRows![second!]);
    const tokensOf = (column: number) =>
      feeds.candidateTokens!.slice(column * maxItemTokens, (column + 1) * maxItemTokens);
    expect(tokensOf(third!)).toEqual(tokensOf(first!));
  });

  test("feeds what histories hold and rows show with table row and tokens; unknown items have row 0", () => {
    const { feeds, shape } = batchOf(rows);
    const rowOf = (view: ItemView) => network.itemIds.indexOf(view.itemId);
    const shown = [...feeds.shown!].slice(0, 3);
    expect(shown.map((column) => feeds.itemRows![column])).toEqual([b, c, c].map(rowOf));
    expect(shown[1]).toBe(shown[2]);
    const read = [b, c, d, a];
    expect([...feeds.itemRows!]).toEqual([rowOf(b), rowOf(c), 0, rowOf(a), 0]);
    for (const [column, view] of read.entries()) {
      const start = column * maxItemTokens;
      const count = view.tokens.length;
      expect([...feeds.itemTokens!.slice(start, start + count)]).toEqual(
        view.tokens.map(({ index }) => index),
      );
      expect([...feeds.itemTokenWeights!.slice(start, start + maxItemTokens)]).toEqual([
        ...Float32Array.from(view.tokens, ({ weight }) => weight),
        ...new Array(maxItemTokens - count).fill(0),
      ]);
    }
    const padding = feeds.itemTokenWeights!.slice(read.length * maxItemTokens);
    expect(padding.length).toBe((shape.read - read.length) * maxItemTokens);
    expect(padding.every((weight) => weight === 0)).toBe(true);
  });

  test("pools a history over its columns: an item that came twice counts twice", () => {
    const { feeds, shape } = batchOf(rows);
    const weights = poolWeights(state.profile.signals);
    expect(feeds.pools!.length).toBe(shape.states * poolCount * shape.read);
    for (const [pool, [first, second, third]] of weights.entries()) {
      const [, , ofD, ofA] = feeds.pools!.slice(pool * shape.read, (pool + 1) * shape.read);
      expect(ofD).toBeCloseTo(first! + third!, 6);
      expect(ofA).toBeCloseTo(second!, 6);
    }
    const empty = feeds.pools!.slice(poolCount * shape.read);
    expect(empty.every((weight) => weight === 0)).toBe(true);
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
    const shape = chooseBatchShape(laid);
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

  test("hold a slate that exceeds every limit alone", () => {
    const rows = slates(1, 1, batchLimits.items + 1);
    expect(batchesFrom(rows).shape.items).toBe(batchLimits.items + 1);
  });

  test("of nothing are none", () => {
    expect(batchesFrom([]).batches).toEqual([]);
  });
});
