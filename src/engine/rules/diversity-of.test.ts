import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../domain/json.ts";
import { diversityOf } from "./diversity-of.ts";

const factsOf = (categories: readonly string[], attributes: JsonObject = {}) => ({
  itemId: "any",
  categories,
  attributes,
});

/** Bits that two candidates have in common. */
function commonBits(facts: readonly ReturnType<typeof factsOf>[], one: number, other: number) {
  const { featuresOf, weights } = diversityOf(0.5, facts);
  return featuresOf[one]!.filter((feature) => featuresOf[other]!.includes(feature)).reduce(
    (sum, feature) => sum + weights[feature]!,
    0,
  );
}

describe("a value counts", () => {
  test("by the bits that it tells of a candidate", () => {
    const facts = [["a"], ["a"], ["b"], ["b"], ["b"], ["b"], ["c"], ["d"]].map((categories) =>
      factsOf(categories),
    );
    expect(commonBits(facts, 0, 1)).toBe(2);
    expect(commonBits(facts, 2, 3)).toBe(1);
    expect(commonBits(facts, 0, 2)).toBe(0);
  });

  test("not at all if one candidate alone has it, or all have it", () => {
    const facts = ["x", "y", "z"].map((title) => factsOf(["all"], { title }));
    expect(diversityOf(0.5, facts)).toMatchObject({ featuresOf: [[], [], []], weights: [] });
  });

  test("if it is a text, true or false, in a list or an object too, and a number doesn't", () => {
    const rest = [factsOf([]), factsOf([])];
    const alike = (attributes: JsonObject, other = attributes) =>
      commonBits([factsOf([], attributes), factsOf([], other), ...rest], 0, 1);
    expect(alike({ brand: "Acme" })).toBe(1);
    expect(alike({ sale: true })).toBe(1);
    expect(alike({ $notes: { imported: "2026-01-01" } })).toBe(0);
    expect(alike({ tags: ["x", "y"] }, { tags: ["y", "z"] })).toBe(1);
    expect(alike({ maker: { country: "AT", city: "Graz" } })).toBe(2);
    expect(alike({ year: 1995, brand: null })).toBe(0);
    expect(alike({ brand: "Acme" }, { maker: "Acme" })).toBe(0);
    expect(alike({ sale: true }, { sale: "true" })).toBe(0);
  });
});

test("the power is d/(1 − d), up to 9", () => {
  const facts = [factsOf(["a"]), factsOf(["a"]), factsOf(["b"])];
  expect(diversityOf(0.5, facts).power).toBe(1);
  expect(diversityOf(0.9, facts).power).toBeCloseTo(9, 12);
});
