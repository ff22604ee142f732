import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { fitDiscriminatorSlope, noHeldOutLogits } from "./discriminator-slope.ts";

const seed = 971;

/** Choices whose true log odds are `truth` times D's. */
function simulate(rows: number, truth: number) {
  const random = createRandom(seed);
  const held = noHeldOutLogits();
  for (let row = 0; row < rows; row++) {
    const logit = 1.5 * random.normal();
    held.logits.push(logit);
    const chosen = random.uniform() < 1 / (1 + Math.exp(-truth * logit)) ? 1 : 0;
    held.positives.push(chosen);
    held.negatives.push(1 - chosen);
  }
  return held;
}

test(`an overconfident discriminator is toned down to what is borne out, seed ${seed}`, () => {
  const held = simulate(4000, 0.4);
  // Fisher information of the slope at the truth.
  const information = held.logits.reduce((sum, logit) => {
    const probability = 1 / (1 + Math.exp(-0.4 * logit));
    return sum + probability * (1 - probability) * logit * logit;
  }, 0);
  expect(Math.abs(fitDiscriminatorSlope(held) - 0.4)).toBeLessThan(4 / Math.sqrt(information));
});

test("one that tells nothing, or the opposite, or has nothing to show, says nothing", () => {
  expect(fitDiscriminatorSlope(simulate(4000, 0))).toBeLessThan(0.1);
  expect(fitDiscriminatorSlope(simulate(400, -1))).toBe(0);
  expect(fitDiscriminatorSlope(noHeldOutLogits())).toBe(0);
});

test("a few rows leave it low, and it is never above 1", () => {
  expect(fitDiscriminatorSlope(simulate(3, 1))).toBeLessThan(0.9);
  const cell = fc.tuple(
    fc.double({ min: -8, max: 8, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 30 }), (cells) => {
      const slope = fitDiscriminatorSlope({
        logits: cells.map(([logit]) => logit),
        positives: cells.map(([, share]) => share),
        negatives: cells.map(([, share]) => 1 - share),
      });
      expect(slope).toBeGreaterThanOrEqual(0);
      expect(slope).toBeLessThanOrEqual(1);
    }),
  );
});
