import { expect, test } from "vitest";
import { presetShape } from "../../policy/transformer/shape.ts";
import { laneCount } from "./step-trainer.ts";

const step = { rows: 64, dropout: 0.2, negatives: undefined };
const network = presetShape("small", { items: 3000, length: 50 });

test.each([
  [1, { ...step, network }, 1],
  [2, { ...step, network }, 2],
  // No more lanes than rows, and equal parts or none.
  [4, { ...step, network, rows: 2 }, 2],
  [2, { ...step, network, rows: 63 }, 1],
  // 32 rows of 50 cells and 128 negatives use up to 3,328 items: all of 3,000, not all of 4,000.
  [2, { ...step, network, negatives: 128 }, 2],
  [2, { ...step, network: { ...network, items: 4000 }, negatives: 128 }, 1],
])("with %i threads a step as %j has lanes: %i", (threads, shape, lanes) => {
  expect(laneCount(shape, threads)).toBe(lanes);
});
