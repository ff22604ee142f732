import { expect, test } from "vitest";
import { settingFeatureCount } from "./meta-features.ts";
import { vaguePrior } from "./meta-policy.ts";
import { decodePrior, encodePrior, shippedPrior } from "./meta-prior.ts";

const origin = { worlds: 3, seed: 5, cycles: 2 };

test("a prior comes back from its file, to four digits", () => {
  const prior = { ...vaguePrior, misfit: 0.0123456 };
  const file = encodePrior(prior, origin);
  expect(file).toMatchObject({ version: 1, ...origin, misfit: 0.01235 });
  expect(decodePrior(JSON.parse(JSON.stringify(file)))).toEqual({ ...vaguePrior, misfit: 0.01235 });
});

test("the shipped prior was fitted to 200 worlds or more, and is a few kilobytes", async () => {
  const { default: file } = await import("./meta-prior.json", { with: { type: "json" } });
  expect(file.worlds).toBeGreaterThanOrEqual(200);
  expect(JSON.stringify(file).length).toBeLessThan(5000);
  expect(shippedPrior.mean.length).toBe(settingFeatureCount);
});

test.each([
  ["of another version", { version: 2 }],
  ["of other features", { mean: [1] }],
  ["with a variance of 0", { variance: vaguePrior.variance.map(() => 0) }],
  ["with a number that is none", { mean: vaguePrior.mean.map(() => Number.NaN) }],
  ["without a misfit", { misfit: 0 }],
])("a file %s is refused", (_, change) => {
  expect(() => decodePrior({ ...encodePrior(vaguePrior, origin), ...change })).toThrow(
    /a prior of version 1 .* recurve meta-train/,
  );
});
