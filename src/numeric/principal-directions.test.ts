import { expect, test } from "vitest";
import { principalDirections } from "./principal-directions.ts";
import { createRandom } from "./random.ts";

const dot = (left: ArrayLike<number>, right: ArrayLike<number>) =>
  Array.from(left).reduce((sum, value, index) => sum + value * right[index]!, 0);

test("points on a cross have its arms, the longer one first", () => {
  const points = [
    [1, 5, 1],
    [1, -3, 1],
    [1, 1, 3],
    [1, 1, -1],
  ];
  const { mean, directions } = principalDirections(points, 3);
  expect([...mean]).toEqual([1, 1, 1]);
  // Two arms only: nothing is left for a third direction.
  expect(directions).toHaveLength(2);
  expect(Math.abs(directions[0]![1]!)).toBeCloseTo(1, 12);
  expect(Math.abs(directions[1]![2]!)).toBeCloseTo(1, 12);
});

test("directions are orthogonal, of length 1, and no other one is wider", () => {
  const random = createRandom(5);
  const points = Array.from({ length: 50 }, () =>
    Array.from({ length: 6 }, (_, index) => 2 ** -index * random.normal()),
  );
  const { mean, directions } = principalDirections(points, 3);
  const spread = (direction: ArrayLike<number>) =>
    points.reduce((sum, point) => {
      const centred = point.map((value, index) => value - mean[index]!);
      return sum + dot(centred, direction) ** 2;
    }, 0);
  for (const [index, direction] of directions.entries()) {
    for (const [other, second] of directions.entries())
      expect(dot(direction, second)).toBeCloseTo(index === other ? 1 : 0, 6);
  }
  for (let trial = 0; trial < 50; trial++) {
    const any = Array.from({ length: 6 }, () => random.normal());
    const scaled = any.map((value) => value / Math.sqrt(dot(any, any)));
    expect(spread(scaled)).toBeLessThanOrEqual(spread(directions[0]!) * (1 + 1e-9));
  }
});

test("points that are all the same have no direction", () => {
  expect(
    principalDirections(
      [
        [1, 2],
        [1, 2],
      ],
      2,
    ),
  ).toEqual({
    mean: Float64Array.of(1, 2),
    directions: [],
  });
});

test("equal points have none however their mean is rounded, and float32's least difference is one", () => {
  const point = Float32Array.of(0.1, -0.7, 1.3);
  for (const count of [3, 15, 300])
    expect(principalDirections(new Array(count).fill(point), 2).directions).toEqual([]);
  const next = Float32Array.of(0.1, -0.7, 1.3 + 2 ** -23);
  expect(principalDirections([...new Array(14).fill(point), next], 2).directions).toHaveLength(1);
});
