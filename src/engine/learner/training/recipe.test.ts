import { expect, test } from "vitest";
import { defaultSettings } from "../../../learning/sequence/settings.ts";
import { chooseRecipe, continueRecipe } from "./recipe.ts";

const users = (count: number, length: number) => Array.from({ length: count }, () => ({ length }));

test.each([
  // Of 6,040 users of MovieLens 1M a quarter have more than 200 films.
  ["many long histories", [...users(4000, 100), ...users(2040, 300)], 3416, 200, 32, 0.2, 2e-3],
  ["few long histories", [...users(500, 60), ...users(443, 158)], 1682, 200, 4, 0.3, 1e-3],
  ["short histories", users(22_363, 9), 12_101, 20, 64, 0.5, 1.3e-3],
  ["a new shop", users(150, 4), 30, 20, 16, 0.5, 1e-3],
])("%s", (_, sequences, items, length, rows, dropout, peakRate) => {
  const recipe = chooseRecipe(sequences, items);
  expect(recipe.length).toBe(length);
  expect(recipe.settings).toMatchObject({ rows, dropout });
  expect(recipe.settings.peakRate).toBeCloseTo(peakRate, 4);
});

test("a first training reaches the low rates of its schedule, one that continues may end before", () => {
  const first = chooseRecipe(users(943, 100), 1682);
  const settingsOf = ({ settings }: typeof first) => ({ ...defaultSettings, ...settings });
  expect(settingsOf(first).patience).toBe(Number.MAX_SAFE_INTEGER);
  const continued = settingsOf(continueRecipe(first, first.length));
  expect(continued.patience).toBeLessThan(continued.epochs);
});
