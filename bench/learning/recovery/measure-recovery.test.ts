import { expect, test } from "vitest";
import { measureRecovery } from "./measure-recovery.ts";

const bounds = { window: 10, share: 0.88 };
const steps = (...parts: readonly (readonly [number, number])[]) =>
  parts.flatMap(([visits, reward]) => new Array<number>(visits).fill(reward));

test("a learner is back when the newest visits, all after the change, reach the share of its own optimum", () => {
  // Of a window 0.2·k + 0.4·(10 − k) has to reach 3.52: at most two visits of the worse kind.
  const found = measureRecovery(steps([40, 0.2], [60, 0.4]), bounds);
  expect(found.optimum).toBeCloseTo(0.4, 12);
  expect(found.visits).toBe(48);
  expect(found.lost).toBeCloseTo(40 * 0.5, 12);
});

test("who loses nothing is back after one window, and not before", () => {
  const found = measureRecovery(steps([100, 0.3]), bounds);
  expect(found.visits).toBe(10);
  expect(found.lost).toBeCloseTo(0, 12);
});

test("a mean of one lucky visit does not count", () => {
  expect(measureRecovery(steps([1, 0.8], [49, 0.1], [50, 0.4]), bounds).visits).toBeGreaterThan(50);
});
