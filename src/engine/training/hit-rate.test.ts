import { expect, test } from "vitest";
import { itemId } from "../../domain/ids.ts";
import type { ItemView, Policy } from "../../policy/policy.ts";
import { createProfile } from "../../policy/profile.ts";
import { hitProbability, measureHitRate } from "./hit-rate.ts";

test.each([
  ["the best", [3, 1, 2], 0, 1, 1],
  ["one below the best", [3, 1, 2], 2, 1, 0],
  ["one within the length", [3, 1, 2], 2, 2, 1],
  ["one of three that tie for one place", [1, 1, 1], 1, 1, 1 / 3],
  ["one of three that tie for two places below the best", [5, 1, 1, 1], 3, 3, 2 / 3],
])("%s hits with its probability", (_, logits, target, length, expected) => {
  expect(hitProbability(Float64Array.from(logits), target, length)).toBeCloseTo(expected, 12);
});

const view = (id: string): ItemView => ({ itemId: itemId(id), sequence: 1, tokens: [] });
const [a, b, c, d] = [view("a"), view("b"), view("c"), view("d")];
const views = [a, b, c, d];

/** Prefers early letters, whoever asks. */
const alphabetical: Policy = {
  kind: "popularity",
  logits: async (_, candidates) => Float64Array.from(candidates, (one) => -views.indexOf(one)),
  close: async () => {},
};

test("the whole catalogue is ranked without what the user had seen", async () => {
  const rule = { weights: {}, windowSeconds: 1, defaultReward: 0, minimum: 0, maximum: 1 };
  const profile = createProfile({ history: [], rule, context: {}, userAttributes: {} });
  const state = { profile, history: [] };
  const heldOut = [
    { state, next: a, seen: new Set([b.itemId]) },
    { state, next: c, seen: new Set([a.itemId]) },
    { state, next: c, seen: new Set([a.itemId, b.itemId]) },
    { state, next: d, seen: new Set([b.itemId]) },
  ];
  const rate = (length: number) =>
    measureHitRate(alphabetical, heldOut, { available: views, length });
  expect(await rate(1)).toBe(0.5);
  expect(await rate(2)).toBe(0.75);
  expect(await rate(3)).toBe(1);
});
