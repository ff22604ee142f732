import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import {
  centre,
  createBasis,
  createPairFeatures,
  ownFeatureCount,
  pairFeatureCount,
  type Representation,
} from "./features.ts";

const width = 12;

function drawTowers(seed: number): Representation {
  const random = createRandom(seed);
  const vector = () => Float32Array.from({ length: width }, () => 3 + random.normal());
  const items = Array.from({ length: 5 }, vector);
  return { state: vector(), items, logits: Float64Array.from(items, () => 4 * random.normal()) };
}
const seen = [1, 2, 3, 4].map(drawTowers);

function allFeatures(
  { state, items, logits }: Representation,
  basis = createBasis(seen),
): Float64Array[] {
  const describe = createPairFeatures(basis, state);
  const advantages = centre(logits);
  return items.map((item, index) => describe(item, advantages[index]!).pair.slice());
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
  const lengths = seen.flatMap((towers) => allFeatures(towers).map((x) => squaresOf(x, 64, 72)));
  // At most 1, because the longest are shortened.
  const mean = lengths.reduce((sum, square) => sum + square, 0) / lengths.length;
  expect(mean).toBeGreaterThan(0.9);
  expect(mean).toBeLessThan(1 + 1e-12);
  expect(Math.max(...lengths)).toBeGreaterThan(2 * Math.min(...lengths));
});

test("a vector far off has twice the typical length, and no more", () => {
  const towers = drawTowers(9);
  const far = { ...towers, items: towers.items.map((item) => item.map((value) => 100 * value)) };
  for (const x of allFeatures(far)) expect(squaresOf(x, 64, 72)).toBeCloseTo(4, 9);
});

test("features are the same whatever the network's scale and mean are", () => {
  const towers = drawTowers(9);
  const moved = (vector: Float32Array) => vector.map((value) => 8 * value + 16);
  const move = ({ state, items, logits }: Representation): Representation => ({
    state: moved(state),
    items: items.map(moved),
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
    const left = allFeatures({ state, items: items.slice(0, -1), logits: logits.slice(0, -1) });
    const shift = whole[0]!.map((value, cell) => value - left[0]![cell]!);
    for (const [index, x] of left.entries())
      for (const [cell, value] of x.entries())
        expect(Math.abs(value + shift[cell]! - whole[index]![cell]!)).toBeLessThan(1e-12);
  }
});

test("what all states or items have in common is no feature", () => {
  const same = drawTowers(1);
  const alike = { ...same, items: same.items.map(() => same.items[0]!) };
  const [x] = allFeatures(alike, createBasis([alike]));
  expect([...x!.subarray(0, pairFeatureCount - 1)]).toEqual(
    new Array(pairFeatureCount - 1).fill(0),
  );
});

test("own residuals see a constant with where the state is, or with where the item is", () => {
  const { state, items } = drawTowers(9);
  const { pair, state: ofState, item } = createPairFeatures(createBasis(seen), state)(items[0]!, 2);
  expect(ofState).toHaveLength(ownFeatureCount);
  expect([ofState[0], item[0]]).toEqual([1, 1]);
  expect(item.subarray(1)).toEqual(pair.subarray(64, 72));
  for (let row = 0; row < 8; row++)
    for (let column = 0; column < 8; column++)
      expect(pair[8 * row + column]).toBeCloseTo(ofState[1 + row]! * item[1 + column]!, 14);
});
