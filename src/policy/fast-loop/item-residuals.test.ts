import { expect, test } from "vitest";
import { itemId } from "../../domain/ids.ts";
import { createItemResiduals } from "./item-residuals.ts";

const known = { itemId: itemId("old"), isKnown: true };
const unknown = { itemId: itemId("new"), isKnown: false };

test("a residual is the weighted mean of its targets, shrunk by the prior's events", () => {
  const items = createItemResiduals(0.9);
  items.update(unknown, 1);
  items.update(known, -1);
  items.update(unknown, 0.5);
  // Weights 0.9² and 1 by age in events of all items; ten events of prior, or forty.
  const weight = 0.81 + 1;
  expect(items.find(unknown).mean).toBeCloseTo((0.81 + 0.5) / (10 + weight), 14);
  expect(items.find(unknown).spread).toBeCloseTo(1 / (10 + weight), 14);
  expect(items.find(known).mean).toBeCloseTo(-0.9 / (15 + 0.9), 14);
});

test("an item without events has its prior, and what is forgotten goes back to it", () => {
  const items = createItemResiduals(0.9);
  expect(items.find(unknown)).toEqual({ mean: 0, spread: 1 / 10 });
  expect(items.find(known)).toEqual({ mean: 0, spread: 1 / 15 });
  for (let event = 0; event < 20; event++) items.update(unknown, 1);
  for (let event = 0; event < 300; event++) items.update(known, 0);
  expect(items.find(unknown).mean).toBeCloseTo(0, 12);
  expect(items.find(unknown).spread).toBeCloseTo(1 / 10, 12);
});

test("a clone learns apart", () => {
  const items = createItemResiduals(0.9);
  items.update(known, 1);
  const clone = items.clone();
  const before = clone.find(known);
  items.update(known, 1);
  expect(clone.find(known)).toEqual(before);
  clone.update(known, 1);
  expect(clone.find(known)).toEqual(items.find(known));
});
