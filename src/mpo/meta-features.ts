import { contextNames, type MetaContext } from "./meta-context.ts";
import type { SettingValues } from "./meta-settings.ts";

/** ω as six numbers of the order of 1. */
function coordinates({ klRadius, pessimism, discriminator, proximity, memory }: SettingValues) {
  return [
    Math.log(klRadius),
    pessimism - 0.5,
    discriminator,
    proximity,
    memory[0] ?? 0,
    memory.at(-1) ?? 0,
  ];
}

/** Pairs of coordinates whose product counts: radius with pessimism, and radius with memory. */
const products: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 1],
  [2, 2],
  [0, 1],
  [0, 3],
  [1, 3],
  [0, 4],
  [3, 4],
  [3, 5],
];

const coordinateCount = 6;
const shapeSize = 2 + coordinateCount + products.length;
export const settingFeatureCount: number = shapeSize + contextNames.length * (1 + coordinateCount);

/** The features of ω alone: [1, ω, 1 − Σ memory², products of ω]. */
export function settingShape(values: SettingValues): Float64Array {
  const omega = coordinates(values);
  const blend = 1 - values.memory.reduce((sum, weight) => sum + weight ** 2, 0);
  return Float64Array.from([
    1,
    ...omega,
    blend,
    ...products.map(([left, right]) => omega[left]! * omega[right]!),
  ]);
}

/**
 * b(x, ω) = [1, ω, 1 − Σ memory², products of ω, x, x ⊗ ω]. Doing nothing has no features: its difference is 0.
 * @returns length `settingFeatureCount`
 */
export function settingFeatures(context: MetaContext, values: SettingValues): Float64Array {
  const shape = settingShape(values);
  const omega = shape.subarray(1, 1 + coordinateCount);
  const x = contextNames.map((name) => context[name]);
  return Float64Array.from([
    ...shape,
    ...x,
    ...x.flatMap((known) => [...omega].map((value) => known * value)),
  ]);
}

/** The weights as they are in one context: their product with `settingShape` is that of β with `settingFeatures`. */
export function weightsIn(context: MetaContext, weights: Float64Array): Float64Array {
  const inContext = weights.slice(0, shapeSize);
  for (const [c, name] of contextNames.entries()) {
    inContext[0]! += context[name] * weights[shapeSize + c]!;
    const first = shapeSize + contextNames.length + c * coordinateCount;
    for (let i = 0; i < coordinateCount; i++)
      inContext[1 + i]! += context[name] * weights[first + i]!;
  }
  return inContext;
}
