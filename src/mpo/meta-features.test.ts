import { expect, test } from "vitest";
import { defaultMpo } from "../domain/mpo-fields.ts";
import { dot } from "../numeric/dot.ts";
import { createRandom } from "../numeric/random.ts";
import { contextNames, firstContext, type MetaContext } from "./meta-context.ts";
import { settingFeatureCount, settingFeatures, settingShape, weightsIn } from "./meta-features.ts";
import { defaultSetting, settingPool } from "./meta-settings.ts";

const context: MetaContext = {
  rows: 0.4,
  candidates: -0.3,
  entropy: 0.7,
  breadth: 0.2,
  ...firstContext,
  drift: 0.6,
};

test("features are finite, and an entry of the context counts for every coordinate", () => {
  const shape = settingShape(defaultSetting);
  const features = settingFeatures(context, defaultSetting);
  expect(features.length).toBe(settingFeatureCount);
  expect(features.every(Number.isFinite)).toBe(true);
  expect([...features.slice(0, shape.length)]).toEqual([...shape]);
  const [first] = contextNames;
  const crossed = features.slice(shape.length + contextNames.length);
  expect([...crossed.slice(0, 6)]).toEqual([...shape.slice(1, 7)].map((v) => context[first] * v));
});

test("weights in a context give what the whole features give", () => {
  const random = createRandom(73);
  const weights = Float64Array.from({ length: settingFeatureCount }, () => random.normal());
  const inContext = weightsIn(context, weights);
  for (const values of settingPool(defaultMpo.challengers))
    expect(dot(settingShape(values), inContext)).toBeCloseTo(
      dot(settingFeatures(context, values), weights),
      10,
    );
});
