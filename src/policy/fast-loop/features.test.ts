import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { packVectors, type VectorRows, vectorsOf } from "../../numeric/vector-rows.ts";
import { createBasis, type Representation } from "./basis.ts";
import { centre, countFeatures, createPairFeatures } from "./features.ts";

const width = 12;

function drawTowers(seed: number): Representation {
  const random = createRandom(seed);
  const vector = () => Float32Array.from({ length: width }, () => 3 + random.normal());
  const items = packVectors(Array.from({ length: 5 }, vector));
  const logits = Float64Array.from({ length: 5 }, () => 4 * random.normal());
  return { state: vector(), items, logits };
}
const changed = ({ values, width: own }: VectorRows, change: (value: number) => number) => ({
  values: values.map(change),
  width: own,
});
const seen = [1, 2, 3, 4].map(drawTowers);

function allFeatures(towers: Representation, basis = createBasis(seen)): Float64Array[] {
  const describe = createPairFeatures(basis, towers);
  return Array.from(towers.logits, (_, candidate) => describe(candidate).pair.slice());
}

test("advantages have a mean of 0 under the softmax of the logits", () => {
  const logits = fc
    .array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 9 })
    .map((values) => Float64Array.from(values));
  fc.assert(
    fc.property(logits, (z) => {
      const total = z.reduce((sum, logit) => sum + Math.exp(logit), 0);
      const mean = centre(z).reduce(
        (sum, advantage, index) => sum + (Math.exp(z[index]!) / total) * advantage,
        0,
      );
      expect(Math.abs(mean)).toBeLessThan(1e-12);
    }),
  );
});

const squaresOf = (x: Float64Array, from: number, to: number) =>
  x.subarray(from, to).reduce((sum, value) => sum + value ** 2, 0);

test("items have a mean square of 1, and keep the lengths that tell them apart", () => {
  const lengths = seen.flatMap((towers) => allFeatures(towers).map((x) => squaresOf(x, 128, 136)));
  // At most 1, because the longest are shortened.
  const mean = lengths.reduce((sum, square) => sum + square, 0) / lengths.length;
  expect(mean).toBeGreaterThan(0.9);
  expect(mean).toBeLessThan(1 + 1e-12);
  expect(Math.max(...lengths)).toBeGreaterThan(2 * Math.min(...lengths));
});

test("a vector far off has twice the typical length, and no more", () => {
  const towers = drawTowers(9);
  const far = { ...towers, items: changed(towers.items, (value) => 100 * value) };
  for (const x of allFeatures(far)) expect(squaresOf(x, 128, 136)).toBeCloseTo(4, 9);
});

test("features are the same whatever the network's scale and mean are", () => {
  const towers = drawTowers(9);
  const moved = (value: number) => 8 * value + 16;
  const move = ({ state, items, logits }: Representation): Representation => ({
    state: state.map(moved),
    items: changed(items, moved),
    logits,
  });
  const found = allFeatures(towers);
  const ofMoved = allFeatures(move(towers), createBasis(seen.map(move)));
  for (const [index, x] of found.entries())
    for (const [cell, value] of x.entries()) expect(ofMoved[index]![cell]).toBeCloseTo(value, 3);
});

test("leaving candidates out shifts the features of the others by one vector", () => {
  for (let seed = 10; seed < 20; seed++) {
    const towers = drawTowers(seed);
    const { state, items, logits } = towers;
    const whole = allFeatures(towers);
    const left = allFeatures({ state, items, logits: logits.slice(0, -1) });
    const shift = whole[0]!.map((value, cell) => value - left[0]![cell]!);
    for (const [index, x] of left.entries())
      for (const [cell, value] of x.entries())
        expect(Math.abs(value + shift[cell]! - whole[index]![cell]!)).toBeLessThan(1e-12);
  }
});

test("what all states or items have in common is no feature", () => {
  const same = drawTowers(1);
  const [first] = vectorsOf(same.items);
  const alike = { ...same, items: packVectors([first!, first!, first!, first!, first!]) };
  const [x] = allFeatures(alike, createBasis([alike]));
  expect([...x!.subarray(0, -1)]).toEqual(new Array(8).fill(0));
});

test("own residuals see a constant with where the state is, or with where the item is", () => {
  const { pair, state: ofState, item } = createPairFeatures(createBasis(seen), drawTowers(9))(0);
  expect([pair, ofState, item].map(({ length }) => length)).toEqual([137, 9, 9]);
  expect([ofState[0], item[0]]).toEqual([1, 1]);
  expect(item.subarray(1)).toEqual(pair.subarray(128, 136));
  for (let row = 0; row < 8; row++)
    for (let column = 0; column < 8; column++)
      expect(pair[64 + 8 * row + column]).toBeCloseTo(ofState[1 + row]! * item[1 + column]!, 14);
});

test("where all states are alike, features say nothing of states, and the rest is as it was", () => {
  const towers = drawTowers(9);
  const basis = createBasis([towers]);
  expect(countFeatures(basis)).toEqual({ pair: 9, fourier: 0, state: 1, item: 9 });
  const found = createPairFeatures(basis, towers)(0);
  const expected = createPairFeatures({ ...createBasis(seen), items: basis.items }, towers)(0);
  expect(found.pair).toEqual(expected.pair.slice(128));
  expect([...found.state]).toEqual([1]);
  expect(found.item).toEqual(expected.item);
});

test("likeness is that of the candidate, and absent of a policy without one", () => {
  const towers = drawTowers(9);
  const values = Float64Array.from({ length: 10 }, (_, cell) => cell / 32);
  const likenessOf = (one: Representation) =>
    createPairFeatures(createBasis(seen), one)(3).likeness;
  expect([...likenessOf({ ...towers, likeness: { itemIds: [], values } })!]).toEqual([
    6 / 32,
    7 / 32,
  ]);
  expect(likenessOf(towers)).toBeUndefined();
});

test("without Fourier features the others are as with them", () => {
  const towers = drawTowers(9);
  const basis = createBasis(seen);
  const whole = createPairFeatures(basis, towers)(2).pair;
  expect(createPairFeatures(basis, towers, { fourier: false })(2).pair).toEqual(whole.slice(64));
  // Cosines of 64 random phases, times √(2/64).
  expect(squaresOf(whole, 0, 64)).toBeGreaterThan(0.5);
  expect(squaresOf(whole, 0, 64)).toBeLessThan(1.5);
});
