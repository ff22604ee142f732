import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../domain/json.ts";
import type { ItemFacts } from "./item-facts.ts";
import { parseFilter } from "./parse-filter.ts";

const hour = 3_600_000;
const now = Date.UTC(2026, 2, 1, 12);

const item: ItemFacts = {
  itemId: "sku-1",
  categories: ["shoes", "sale"],
  createdAt: now - 30 * hour,
  attributes: {
    price: 20,
    brand: "Acme",
    is_new: true,
    sizes: [40, 41],
    maker: { country: "PL", "post code": "00-001" },
    until: "2026-03-01T18:00:00Z",
    from: now - hour,
    created: "long ago",
    nothing: null,
  },
};

const passes = (text: string) => parseFilter(text).passes(item, now);

test.each([
  ["price = 20", true],
  ["price != 20", false],
  ["price > 19.5 and price <= 2e1", true],
  ["price < 20 or brand = 'Acme'", true],
  ["not (price < 20 or brand = 'Acme')", false],
  ["not price < 20 and is_new = true", true],
  ["price = -20", false],
  ["category = 'sale'", true],
  ["category != 'sale'", false],
  ["category != 'boots'", true],
  ['category in ("boots", "shoes")', true],
  ["itemId in ('sku-1', 'sku-2')", true],
  ["sizes = 41", true],
  ["sizes > 40 and sizes < 41", true],
  ["maker.country = 'PL'", true],
  ["maker.`post code` = '00-001'", true],
  ["brand < 'B'", true],
  [String.raw`brand = "Ac\me"`, true],
  ["has sizes and not has width", true],
])("of one item %s is %s", (text, expected) => {
  expect(passes(text)).toBe(expected);
});

test.each([
  ["until > now", true],
  ["until > now + 6h", false],
  ["until <= now + 6h", true],
  ["from > now - 59m", false],
  ["from >= now - 60m", true],
  ["created > now - 2d", true],
  ["created > now - 1d", false],
  ["created < now - 0.5w", false],
])("with times %s is %s", (text, expected) => {
  expect(passes(text)).toBe(expected);
  expect(parseFilter(text).dependsOnTime).toBe(true);
});

test.each([
  "width < 3",
  "width >= 3",
  "width = 3",
  "nothing = 'x'",
  "price = '20'",
  "brand > 3",
  "brand > now",
  "maker > 3",
  "brand.length = 4",
  "constructor.name = 'Object'",
])("a comparison with an absent field or a value of another type is false: %s", (text) => {
  expect(passes(text)).toBe(false);
  expect(passes(`not (${text})`)).toBe(true);
});

test("an attribute with the name of a field is reached by its path, and a word of the language by its quotes", () => {
  expect(passes("attributes.created = 'long ago'")).toBe(true);
  const named: ItemFacts = { itemId: "a", categories: [], attributes: { and: 1, now: 2 } };
  expect(parseFilter("`and` = 1 and `now` = 2").passes(named, now)).toBe(true);
  expect(parseFilter("`now` = 2").dependsOnTime).toBe(false);
  expect(parseFilter("created < now").passes(named, now)).toBe(false);
});

describe("a filter that does not parse names the place:", () => {
  test.each([
    ["", "at its end: expected a field such as price or category"],
    ["price <", 'at its end: expected a value: a number, "text", true, false or now'],
    ["price = = 3", "at character 9, '= 3': expected a value"],
    ["price 3", "at character 7, '3': expected =, !=, <, <=, >, >= or in"],
    ["price = 3 brand = 'x'", "at character 11, 'brand = 'x'': expected and, or, or the end"],
    ["(price = 3", "at its end: expected ')'"],
    ["price = 3 && brand = 'x'", "at character 11, '&& brand = 'x'': an unknown sign; write and"],
    ["brand = 'x", "at character 9, ''x': a text without its closing '"],
    ["created > now - 3", "at character 17, '3': expected a duration such as 30m, 12h or 7d"],
    ["created = now", "at character 9, '= now': a time is compared with <, <=, > or >="],
    ["is_new < true", "at character 8, '< true': true and false have no order"],
    ["category in ()", "at character 14, ')': expected a value"],
    ["maker. = 3", "at character 8, '= 3': expected a field"],
    ["and = 3", "at character 1, 'and = 3': expected a field"],
    ["price = 3x", "at character 9, '3x': an unknown sign"],
    [`${"(".repeat(40)}price = 3`, "more than 32 brackets inside each other"],
    [`${"not ".repeat(40)}price = 3`, "more than 32 brackets inside each other"],
  ])("%s", (text, problem) => {
    expect(() => parseFilter(text)).toThrow(problem);
  });
});

type Term = { readonly text: string; readonly holds: (attributes: JsonObject) => boolean };

const fields = ["a", "b", "c"] as const;
const comparison: fc.Arbitrary<Term> = fc
  .record({
    field: fc.constantFrom(...fields),
    operator: fc.constantFrom("=", "!=", "<", ">="),
    value: fc.integer({ min: -2, max: 2 }),
  })
  .map(({ field, operator, value }) => ({
    text: `${field} ${operator} ${value}`,
    holds: (attributes) => {
      const own = attributes[field] as number | undefined;
      if (operator === "!=") return own !== value;
      if (own === undefined) return false;
      return operator === "=" ? own === value : operator === "<" ? own < value : own >= value;
    },
  }));

const { term } = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 4 },
    comparison,
    tie("term").map(({ text, holds }) => ({
      text: `not (${text})`,
      holds: (own: JsonObject) => !holds(own),
    })),
    fc.tuple(tie("term"), tie("term")).map(([one, two]) => ({
      text: `(${one.text}) and (${two.text})`,
      holds: (own: JsonObject) => one.holds(own) && two.holds(own),
    })),
    fc.tuple(comparison, comparison, comparison).map(([one, two, three]) => ({
      text: `${one.text} or ${two.text} and not ${three.text}`,
      holds: (own: JsonObject) => one.holds(own) || (two.holds(own) && !three.holds(own)),
    })),
  ),
}));

test("any expression gives what its parts give, and binds as written (seed 20,260)", () => {
  const attributes = fc.record(
    Object.fromEntries(fields.map((field) => [field, fc.integer({ min: -2, max: 2 })])),
    { requiredKeys: [] },
  ) as fc.Arbitrary<JsonObject>;
  fc.assert(
    fc.property(term, attributes, ({ text, holds }, own) => {
      const facts = { itemId: "a", categories: [], attributes: own };
      expect(parseFilter(text).passes(facts, now)).toBe(holds(own));
    }),
    { seed: 20_260, numRuns: 500 },
  );
});

test("any text parses or names a place (seed 20,260)", () => {
  const word = fc.constantFrom(
    ..."a price 3 7d 'x' ( ) , . and or not in has now < = != - + `q`".split(" "),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => words.join(" ")),
      ),
      (text) => {
        try {
          expect(typeof parseFilter(text).passes(item, now)).toBe("boolean");
        } catch (error) {
          expect((error as Error).message).toMatch(/^at (its end|character \d+, '.*'): /s);
        }
      },
    ),
    { seed: 20_260, numRuns: 2000 },
  );
});
