import fc from "fast-check";
import { expect, test } from "vitest";
import { countFeatures, fastFeatures } from "./features.ts";

const width = 4;
const vector = fc
  .array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: width, maxLength: width })
  .map((values) => Float32Array.from(values));
const scene = fc
  .record({ state: vector, items: fc.array(vector, { minLength: 2, maxLength: 6 }) })
  .chain(({ state, items }) =>
    fc.record({
      state: fc.constant(state),
      items: fc.constant(items),
      logits: fc
        .array(fc.double({ min: -9, max: 9, noNaN: true }), {
          minLength: items.length,
          maxLength: items.length,
        })
        .map((values) => Float64Array.from(values)),
    }),
  );

test("the size of networks makes no difference, that of logits does", () => {
  const state = Float32Array.of(1, 2, 0, -1);
  const items = [Float32Array.of(0, 1, 1, 0), Float32Array.of(3, 0, -1, 2)];
  const logits = Float64Array.of(1, 2);
  const { features } = fastFeatures({ state, items, logits });
  const doubled = fastFeatures({
    state: state.map((value) => 2 * value),
    items: items.map((item) => item.map((value) => 2 * value)),
    logits,
  });
  for (const [index, x] of features.entries()) {
    expect(x).toHaveLength(countFeatures(width));
    for (const [cell, value] of x.entries())
      expect(doubled.features[index]![cell]).toBeCloseTo(value, 12);
  }
  expect(features[0]!.at(-1)).not.toBeCloseTo(features[1]!.at(-1)!, 3);
});

test("advantages have a mean of 0 under the softmax of the logits", () => {
  fc.assert(
    fc.property(scene, ({ logits, ...rest }) => {
      const { advantages } = fastFeatures({ ...rest, logits });
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      const mean = logits.reduce(
        (sum, logit, index) => sum + (Math.exp(logit) / total) * advantages[index]!,
        0,
      );
      expect(Math.abs(mean)).toBeLessThan(1e-12);
    }),
  );
});

test("leaving candidates out shifts the features of the others by one vector", () => {
  fc.assert(
    fc.property(scene, ({ state, items, logits }) => {
      const whole = fastFeatures({ state, items, logits }).features;
      const rest = { state, items: items.slice(0, -1), logits: logits.slice(0, -1) };
      const left = fastFeatures(rest).features;
      const shift = whole[0]!.map((value, cell) => value - left[0]![cell]!);
      for (const [index, x] of left.entries())
        for (const [cell, value] of x.entries())
          expect(Math.abs(value + shift[cell]! - whole[index]![cell]!)).toBeLessThan(1e-12);
    }),
  );
});

test("a state or an item of length 0 gives finite features", () => {
  const zero = new Float32Array(width);
  const { features } = fastFeatures({ state: zero, items: [zero], logits: Float64Array.of(5) });
  expect([...features[0]!]).toEqual(new Array(countFeatures(width)).fill(0));
});
