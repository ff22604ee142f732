import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { centre, createBasis, createFeatures, featureCount, type Towers } from "./features.ts";

const width = 12;

function drawTowers(seed: number): Towers {
  const random = createRandom(seed);
  const vector = () => Float32Array.from({ length: width }, () => 3 + random.normal());
  const items = Array.from({ length: 5 }, vector);
  return { state: vector(), items, logits: Float64Array.from(items, () => 4 * random.normal()) };
}
const seen = [1, 2, 3, 4].map(drawTowers);

function allFeatures({ state, items, logits }: Towers, basis = createBasis(seen)): Float64Array[] {
  const write = createFeatures(basis, state);
  const advantages = centre(logits);
  return items.map((item, index) => {
    const x = new Float64Array(featureCount);
    write(item, advantages[index]!, x);
    return x;
  });
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

test("parts have length 1, whatever the network's scale and mean are", () => {
  const towers = drawTowers(9);
  const moved = (vector: Float32Array) => vector.map((value) => 8 * value + 16);
  const move = ({ state, items, logits }: Towers): Towers => ({
    state: moved(state),
    items: items.map(moved),
    logits,
  });
  const found = allFeatures(towers);
  const ofMoved = allFeatures(move(towers), createBasis(seen.map(move)));
  for (const [index, x] of found.entries()) {
    const squares = (from: number, to: number) =>
      x.subarray(from, to).reduce((sum, value) => sum + value ** 2, 0);
    expect(squares(0, 64)).toBeCloseTo(1, 12);
    expect(squares(64, 72)).toBeCloseTo(1, 12);
    for (const [cell, value] of x.entries()) expect(ofMoved[index]![cell]).toBeCloseTo(value, 3);
  }
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
  expect([...x!.subarray(0, featureCount - 1)]).toEqual(new Array(featureCount - 1).fill(0));
});
