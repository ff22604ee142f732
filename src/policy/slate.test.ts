import { expect, test } from "vitest";
import { chiSquare, chiSquareBound } from "../../tests/support/chi-square.ts";
import { createRandom, type RandomStream } from "../numeric/random.ts";
import { jointPropensity, positionProbabilities, sampleSlate, slatePropensities } from "./slate.ts";

/** π = 0.1, 0.2, 0.3, 0.4. */
const logits = [1, 2, 3, 4].map(Math.log);

/** A stream whose uniform numbers are given. */
const streamOf = (...uniforms: readonly number[]): RandomStream => {
  const left = [...uniforms];
  return { ...createRandom(0), uniform: () => left.shift() ?? Number.NaN };
};

test("propensities agree with a computation by hand", () => {
  const [first, second] = slatePropensities({ logits, order: [3, 1], exploration: 0 });
  expect(first).toBeCloseTo(0.4, 14);
  expect(second).toBeCloseTo(0.2 / 0.6, 14);
  const explored = slatePropensities({ logits, order: [3, 1], exploration: 0.5 });
  expect(explored[0]).toBeCloseTo(0.5 * 0.4 + 0.5 / 4, 14);
  expect(explored[1]).toBeCloseTo(0.5 * (0.2 / 0.6) + 0.5 / 3, 14);
  expect(jointPropensity(explored)).toBeCloseTo(0.325 * (1 / 3), 14);
});

test("a slate that holds an item twice has no probability", () => {
  const propensities = slatePropensities({ logits, order: [2, 2], exploration: 0.1 });
  expect(propensities[1]).toBe(0);
  expect(jointPropensity(propensities)).toBe(0);
});

test("a slate without positions has probability 1", () => {
  expect(jointPropensity([])).toBe(1);
});

// 12 slates of two out of four candidates. Seed 11, 40,000 slates; the rarest is expected about 900 times.
test.each([0, 0.1, 1])(
  "whole slates are as frequent as their joint propensity says, exploration %f",
  (exploration) => {
    const samples = 40_000;
    const random = createRandom(11);
    const counts = new Map<string, number>();
    for (let sample = 0; sample < samples; sample++) {
      const { order } = sampleSlate({ logits, slateSize: 2, exploration, random });
      counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1);
    }
    const slates = [0, 1, 2, 3].flatMap((first) =>
      [0, 1, 2, 3].flatMap((second) => (first === second ? [] : [[first, second]])),
    );
    const expected = slates.map(
      (order) => samples * jointPropensity(slatePropensities({ logits, order, exploration })),
    );
    const observed = slates.map((order) => counts.get(order.join()) ?? 0);
    expect(observed.reduce((total, count) => total + count, 0)).toBe(samples);
    expect(chiSquare(observed, expected)).toBeLessThan(chiSquareBound(slates.length - 1));
  },
);

test("a uniform number draws the candidate whose stretch of [0, 1) it falls into", () => {
  const at = (uniform: number) =>
    sampleSlate({ logits, slateSize: 1, exploration: 0, random: streamOf(uniform) }).order;
  expect(at(0)).toEqual([0]);
  expect(at(0.0999)).toEqual([0]);
  expect(at(0.1001)).toEqual([1]);
  expect(at(0.2999)).toEqual([1]);
  expect(at(0.3001)).toEqual([2]);
  expect(at(0.6001)).toEqual([3]);
  expect(at(1 - 2 ** -32)).toEqual([3]);
});

test("a number beyond a sum that was rounded below 1 draws the last candidate that is left", () => {
  // Ten times 0.1 is 1 − 2^−53.
  const same = new Float64Array(10);
  const beyond = 1 - 2 ** -53;
  const { order, positionPropensities } = sampleSlate({
    logits: same,
    slateSize: 2,
    exploration: 1,
    random: streamOf(beyond, 1),
  });
  expect(order).toEqual([9, 8]);
  expect(positionPropensities).toEqual([1 / 10, 1 / 9]);
});

test("without exploration a candidate whose probability underflows is never drawn", () => {
  const extreme = [-1e4, 0, -1e4];
  expect(positionProbabilities(extreme, [false, false, false], 0)).toEqual(
    Float64Array.of(0, 1, 0),
  );
  for (const uniform of [0, 0.5, 1]) {
    const random = streamOf(uniform);
    const { order } = sampleSlate({ logits: extreme, slateSize: 1, exploration: 0, random });
    expect(order).toEqual([1]);
  }
});

test("with exploration every slate of extreme logits has finite propensities above 0", () => {
  const extreme = [1e4, -1e4, 0, -1e4];
  const order = [1, 3, 2, 0];
  const propensities = slatePropensities({ logits: extreme, order, exploration: 0.2 });
  expect(propensities).toEqual([0.2 / 4, 0.2 / 3, 0.2 / 2, 1]);
});
