import { expect, test } from "vitest";
import { chiSquare, chiSquareBound } from "../../tests/support/chi-square.ts";
import { createRandom, type RandomStream } from "../numeric/random.ts";
import { retrieve } from "./retrieve.ts";

const seed = 97;
const retrievals = 2000;
const keep = (
  logits: Float64Array,
  limit: number,
  random: RandomStream,
  fresh: readonly number[] = [],
) => retrieve({ logits, fresh }, limit, random).kept;

function count(logits: Float64Array, limit: number, fresh: readonly number[] = []) {
  const counts = new Array<number>(logits.length).fill(0);
  const random = createRandom(seed);
  for (let turn = 0; turn < retrievals; turn++)
    for (const index of keep(logits, limit, random, fresh)) counts[index]!++;
  return counts;
}

test("a set that is small enough is kept, in its order", () => {
  expect(keep(Float64Array.of(3, 1, 2), 3, createRandom(seed))).toEqual([0, 1, 2]);
});

test("as many as the limit are kept, distinct, in ascending order, the best of them always", () => {
  const random = createRandom(seed);
  const logits = Float64Array.from({ length: 60 }, () => random.normal());
  const ranked = [...logits.keys()].sort((left, right) => logits[right]! - logits[left]!);
  for (let turn = 0; turn < 20; turn++) {
    const { kept, threshold } = retrieve({ logits, fresh: [] }, 30, random);
    expect(kept.length).toBe(30);
    expect(kept).toEqual([...new Set(kept)].sort((left, right) => left - right));
    for (const index of ranked.slice(0, 27)) expect(kept).toContain(index);
    for (const index of ranked) if (logits[index]! > threshold) expect(kept).toContain(index);
    expect(logits).toContain(threshold);
  }
});

test.each([2, 5, 10, 20])("every item keeps a chance under a limit of %i", (limit) => {
  const logits = Float64Array.from({ length: 25 }, (_, index) => -index);
  const counts = count(logits, limit);
  expect(counts[0]).toBe(retrievals);
  expect(Math.min(...counts)).toBeGreaterThan(0);
});

test("items that the retriever has not learnt of have a share, whatever it thinks of them", () => {
  // 5 of 50 by lot of all 1,000, 5 of the 20 new ones at the end, 40 best.
  const logits = Float64Array.from({ length: 1000 }, (_, index) => -index);
  const counts = count(
    logits,
    50,
    Array.from({ length: 20 }, (_, index) => 980 + index),
  );
  const expected = 5 / 1000 + (1 - 5 / 1000) * (5 / 20);
  // 4 standard errors of a share, of 20 items.
  const error = Math.sqrt((expected * (1 - expected)) / retrievals);
  for (const times of counts.slice(980))
    expect(Math.abs(times / retrievals - expected)).toBeLessThan(4 * error);
  expect(counts.slice(0, 40)).toEqual(new Array(40).fill(retrievals));
});

test("of equally good items each is retrieved as often as another", () => {
  const counts = count(new Float64Array(25), 10);
  const expected = counts.map(() => (retrievals * 10) / 25);
  expect(chiSquare(counts, expected)).toBeLessThan(chiSquareBound(24));
});

test("the same stream retrieves the same items", () => {
  const logits = Float64Array.from({ length: 40 }, (_, index) => Math.sin(index));
  expect(keep(logits, 20, createRandom(seed))).toEqual(keep(logits, 20, createRandom(seed)));
});
