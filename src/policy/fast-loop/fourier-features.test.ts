import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { createFourierFeatures } from "./fourier-features.ts";

test("products of the features are the Gaussian kernel, within five standard errors", () => {
  const count = 4000;
  const random = createRandom(71);
  const write = createFourierFeatures({ inputs: 3, features: count, bandwidth: 2, random })([]);
  const point = () => Array.from({ length: 3 }, () => 2 * random.normal());
  const [left, right] = [new Float64Array(count), new Float64Array(count)];
  for (let pair = 0; pair < 20; pair++) {
    const [x, y] = [point(), point()];
    write(x, left);
    write(y, right);
    const squared = x.reduce((sum, value, index) => sum + (value - y[index]!) ** 2, 0);
    const product = left.reduce((sum, value, index) => sum + value * right[index]!, 0);
    // A term is 2·cos·cos: at most 2, so the mean of the terms has a standard error of at most 2/√D.
    expect(Math.abs(product - Math.exp(-squared / 8))).toBeLessThan((5 * 2) / Math.sqrt(count));
  }
});

test("the same seed gives the same features", () => {
  const features = [1, 1, 2].map((seed) => {
    const made = new Float64Array(8);
    createFourierFeatures({ inputs: 2, features: 8, bandwidth: 1, random: createRandom(seed) })([])(
      [0.3, -1],
      made,
    );
    return made;
  });
  expect(features[1]).toEqual(features[0]);
  expect(features[2]).not.toEqual(features[0]);
});

test("a bandwidth that gives no kernel is refused", () => {
  const options = { inputs: 1, features: 2, random: createRandom(1) };
  expect(() => createFourierFeatures({ ...options, bandwidth: Number.NaN })).toThrow(
    /bandwidth is NaN/,
  );
});

test("it does not matter how many inputs come first", () => {
  const options = { inputs: 3, features: 8, bandwidth: 1, random: createRandom(5) };
  const ofFirst = createFourierFeatures(options);
  const x = [0.3, -1, 2];
  const made = [0, 1, 3].map((count) => {
    const features = new Float64Array(8);
    ofFirst(x.slice(0, count))(x.slice(count), features);
    return features;
  });
  expect(made[1]).toEqual(made[0]);
  expect(made[2]).toEqual(made[0]);
});
