import { expect, test } from "vitest";
import { sampleState, sampleView } from "../../tests/support/policy.ts";
import { measureLikeness } from "./likeness.ts";

const jacket = (id: string, brand: string) =>
  sampleView(id, { categories: ["jackets"], attributes: { brand } });
const shoes = (id: string, brand: string) =>
  sampleView(id, { categories: ["shoes"], attributes: { brand } });

test("names and pairs that a candidate shares with liked items count by the user's liking", () => {
  const state = sampleState([
    [jacket("a", "north"), 1],
    [shoes("b", "south"), 0.5],
    [shoes("c", "north"), 0],
  ]);
  const candidates = [jacket("d", "north"), jacket("e", "south"), shoes("f", "west")];
  // Over signals of 1.5, times 2/(2 + 3): both names and the pair; a name of each liked item; one name.
  const expected = [2 / 2, 1, (1 + 0.5) / 2, 0, 0.5 / 2, 0].map((sum) => (sum / 1.5) * (2 / 5));
  for (const [cell, value] of measureLikeness(state, candidates).entries())
    expect(value).toBeCloseTo(expected[cell]!, 12);
});

test("dislikes count against an item", () => {
  const state = sampleState([[jacket("a", "north"), -1]]);
  expect([...measureLikeness(state, [jacket("b", "north")])]).toEqual([-1 / 4, -1 / 4]);
});

test("a stranger is alike to nothing, and so is an item without names", () => {
  const one = jacket("a", "north");
  expect([...measureLikeness(sampleState(), [one])]).toEqual([0, 0]);
  expect([...measureLikeness(sampleState([[one, 1]]), [sampleView("b")])]).toEqual([0, 0]);
});

test("numbers are no names: all items have them", () => {
  const dated = (id: string, year: number) =>
    sampleView(id, { categories: [id], attributes: { year } });
  const state = sampleState([[dated("a", 1995), 1]]);
  expect([...measureLikeness(state, [dated("b", 1996), dated("a", 1996)])]).toEqual([
    0,
    0,
    1 / 4,
    0,
  ]);
});

test("of more than six names the first six count", () => {
  const named = (...categories: string[]) => sampleView(categories.join(), { categories });
  const first = ["1", "2", "3", "4", "5", "6"];
  const state = sampleState([[named(...first, "7"), 1]]);
  const found = measureLikeness(state, [named(...first, "8"), named("7")]);
  expect([...found]).toEqual([1 / 4, 1 / 4, 0, 0]);
});
