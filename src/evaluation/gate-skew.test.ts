import { expect, test } from "vitest";
import { type SkewedWorld, simulateSkewedGate } from "../../tests/support/skewed-gate.ts";
import { createRandom } from "../numeric/random.ts";
import { judgeCandidate } from "./gate.ts";

const seed = 7;
const gates = 300;

function promotedShare(world: SkewedWorld): number {
  const random = createRandom(seed).split(JSON.stringify(world));
  let promoted = 0;
  for (let gate = 0; gate < gates; gate++)
    if (judgeCandidate(simulateSkewedGate(world, random)).verdict === "promote") promoted++;
  return promoted / gates;
}

/** Three binomial standard errors above a rate. */
const atMost = (rate: number) => rate + 3 * Math.sqrt((rate * (1 - rate)) / gates);

test.each([
  { rows: 1000, exploration: 0.03, moved: 0.03, loss: 0.02 },
  { rows: 1000, exploration: 0.1, moved: 0.1, loss: 0.02 },
  { rows: 1000, exploration: 0.1, moved: 0.3, loss: 0.02, lossRatio: 2 },
  { rows: 5000, exploration: 0.03, moved: 0.03, loss: 0.02 },
  { rows: 5000, exploration: 0.03, moved: 0.1, loss: 0.02, lossRatio: 2 },
  { rows: 5000, exploration: 0.1, moved: 0.1, loss: 0.1 },
  { rows: 5000, exploration: 0.1, moved: 0.1, loss: 0.98 },
])("few rows without a rare loss or reward prove nothing: %o", (world) => {
  expect(promotedShare(world)).toBeLessThanOrEqual(atMost(0.025));
});

test("a candidate with half the losses is still found", () => {
  const world = { rows: 5000, exploration: 0.1, moved: 0.1, loss: 0.3, lossRatio: 0.5 };
  expect(promotedShare(world)).toBeGreaterThan(0.6);
});
