import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../domain/json.ts";
import { hash32 } from "../numeric/hash.ts";
import {
  contextTokenBuckets,
  contextTokens,
  itemTokenBuckets,
  itemTokens,
  maxContextTokens,
  maxItemTokens,
} from "./item-features.ts";

const seed = 17;

/** Tokens of these names, equally weighted unless said otherwise, after division by √count. */
function named(names: Readonly<Record<string, number>>, buckets: number) {
  const scale = 1 / Math.sqrt(Object.keys(names).length);
  return Object.entries(names).map(([name, weight]) => ({
    index: hash32(name) % buckets,
    weight: weight * scale,
  }));
}

const ofItem = (names: Readonly<Record<string, number>>) => named(names, itemTokenBuckets);
const attributes = (values: JsonObject) => itemTokens({ categories: [], attributes: values });

describe("tokens of an item", () => {
  test("categories come first, then attributes by path, each by its kind", () => {
    const tokens = itemTokens({
      categories: ["Drama", "Sci-Fi"],
      attributes: {
        on: true,
        brand: "ACME",
        nothing: null,
        size: { unit: "cm" },
        tags: ["a", "b"],
      },
    });
    expect(tokens).toEqual(
      ofItem({
        "category=Drama": 1,
        "category=Sci-Fi": 1,
        "item.on=true": 1,
        "item.brand=ACME": 1,
        "item.size.unit=cm": 1,
        "item.tags=a": 1,
        "item.tags=b": 1,
      }),
    );
  });

  test("a text of several words is its distinct words of at least three letters, in lower case", () => {
    expect(attributes({ title: "The Old Man, and the SEA of it" })).toEqual(
      ofItem({
        "item.title=the": 1,
        "item.title=old": 1,
        "item.title=man": 1,
        "item.title=and": 1,
        "item.title=sea": 1,
      }),
    );
    expect(attributes({ title: "Żółta łódź" })).toEqual(
      ofItem({ "item.title=żółta": 1, "item.title=łódź": 1 }),
    );
  });

  test("a name without white space is one token as it stands, so that size-10 and size-12 differ", () => {
    for (const name of ["size-10", "size-12", "sci-fi", "H&M", "i-3", "24/7", "Drama"])
      expect(attributes({ name })).toEqual(ofItem({ [`item.name=${name}`]: 1 }));
  });

  test("a text of short words only is kept as it is rather than lost", () => {
    expect(attributes({ size: "XL / M" })).toEqual(ofItem({ "item.size=XL / M": 1 }));
  });

  test("a text of more than sixteen different words is its first four", () => {
    const words = Array.from({ length: 100_000 }, (_, index) => `word${index}`);
    const namesOf = (count: number) =>
      ofItem(Object.fromEntries(words.slice(0, count).map((word) => [`item.title=${word}`, 1])));
    const texts = [16, 17, 100_000].map((count) => words.slice(0, count).join(" "));
    expect(texts.map((title) => attributes({ title }))).toEqual([
      namesOf(16),
      namesOf(4),
      namesOf(4),
    ]);
    const repeated = `${texts[0]} ${texts[0]}`;
    expect(attributes({ title: repeated })).toEqual(namesOf(16));
    const unspaced =
      "有机绿茶，来自杭州的龙井；红茶，咖啡，牛奶，苹果，香蕉，面包，蛋糕，饼干，果汁，葡萄，樱桃，栗子。";
    expect(attributes({ title: unspaced })).toHaveLength(4);
    expect(attributes({ title: unspaced.repeat(50_000) })).toEqual(attributes({ title: unspaced }));
  });

  test.each([
    ["Chinese", "有机绿茶，来自杭州的龙井", ["有机", "绿茶", "来自", "杭州", "的", "龙井"]],
    ["Japanese", "緑のお茶と抹茶ケーキ", ["緑", "お茶", "抹茶", "ケーキ"]],
    ["Thai", "ร้านกาแฟในกรุงเทพ", ["ร้าน", "กาแฟ", "ใน", "กรุงเทพ"]],
    ["short words", "科幻 电影", ["科幻", "电影"]],
    ["words of two scripts", "Nike跑步鞋 XL", ["nike", "跑步", "鞋"]],
  ])("a text without spaces is its words: %s", (_, title, words) => {
    const expected = Object.fromEntries(words.map((word) => [`item.title=${word}`, 1]));
    expect(attributes({ title })).toEqual(ofItem(expected));
  });

  test("one word of a script without spaces is one token as it stands", () => {
    expect(attributes({ brand: "ソニー" })).toEqual(ofItem({ "item.brand=ソニー": 1 }));
  });

  test("a number is one token whose weight grows like its logarithm, with its sign", () => {
    expect(attributes({ price: 10 })).toEqual(ofItem({ "item.price": Math.log(11) / 4 }));
    expect(attributes({ price: -10 })).toEqual(ofItem({ "item.price": -Math.log(11) / 4 }));
    expect(attributes({ price: 0 })).toEqual(ofItem({ "item.price": 0 }));
    expect(attributes({ price: Number.MAX_VALUE })).toEqual(ofItem({ "item.price": 5 }));
  });

  test("what lies deeper than four levels is left out", () => {
    const nested = (depth: number): JsonObject =>
      depth === 0 ? { x: 1 } : { d: nested(depth - 1) };
    expect(attributes(nested(3)).length).toBe(1);
    expect(attributes(nested(4))).toEqual([]);
  });

  test("tokens beyond the limit are dropped from the end, and what is left is scaled by its own count", () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, true]));
    const kept = Array.from({ length: maxItemTokens }, (_, i) => [`item.k${i}=true`, 1] as const);
    expect(attributes(many)).toEqual(ofItem(Object.fromEntries(kept)));
  });

  test("a long description leaves the fields after it their place", () => {
    const words = Array.from({ length: 40 }, (_, index) => `word${index}`);
    const tags = Array.from({ length: 20 }, (_, index) => `tag${index}`);
    const tokens = attributes({
      title: "Red shoes",
      description: words.join(" "),
      brand: "ACME",
      size: { unit: "cm", width: 3 },
      tags,
    });
    const kept = [
      ...["brand=ACME", "size.unit=cm", "size.width", "title=red", "title=shoes"],
      ...words.slice(0, 4).map((word) => `description=${word}`),
      ...tags.slice(0, 7).map((tag) => `tags=${tag}`),
    ];
    const weights = kept.map((name) => [
      `item.${name}`,
      name === "size.width" ? Math.log(4) / 4 : 1,
    ]);
    expect(tokens).toEqual(ofItem(Object.fromEntries(weights)));
  });

  test("lists take turns, so that the first leaves the second its place", () => {
    const many = Array.from({ length: 20 }, (_, index) => `${index}`);
    const kept = ["tags", "themes"].flatMap((field) =>
      many.slice(0, maxItemTokens / 2).map((entry) => [`item.${field}=${entry}`, 1] as const),
    );
    expect(attributes({ tags: many, themes: many })).toEqual(ofItem(Object.fromEntries(kept)));
  });

  test("categories leave what they don't take to the attributes", () => {
    const categories = Array.from({ length: 15 }, (_, index) => `c${index}`);
    const tokens = itemTokens({ categories, attributes: { title: "Red shoes", brand: "ACME" } });
    const names = [...categories.map((name) => `category=${name}`), "item.brand=ACME"];
    expect(tokens).toEqual(ofItem(Object.fromEntries(names.map((name) => [name, 1]))));
    expect(itemTokens({ categories: [...categories, "c15", "c16"], attributes: {} })).toHaveLength(
      maxItemTokens,
    );
  });

  test("an item without features has no tokens", () => {
    expect(attributes({})).toEqual([]);
  });

  test("arbitrary JSON gives tokens within the table, none of them larger than it may be", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (categories, values) => {
          const tokens = itemTokens({ categories, attributes: values as JsonObject });
          const size = Math.hypot(...tokens.map(({ weight }) => weight));
          return (
            tokens.length <= maxItemTokens &&
            size <= 5 + 1e-12 &&
            tokens.every(
              ({ index }) => Number.isInteger(index) && index >= 0 && index < itemTokenBuckets,
            )
          );
        },
      ),
      { seed },
    );
  });
});

describe("tokens of the moment", () => {
  test("context and user attributes are told apart", () => {
    expect(contextTokens({ device: "phone" }, { device: "phone" })).toEqual(
      named({ "context.device=phone": 1, "user.device=phone": 1 }, contextTokenBuckets),
    );
  });

  test("the context takes precedence over the user's attributes where there are too many", () => {
    const many = Object.fromEntries(
      Array.from({ length: maxContextTokens }, (_, i) => [`k${i}`, i]),
    );
    expect(contextTokens(many, { age: 7 })).toEqual(contextTokens(many, {}));
    expect(contextTokens({ k0: 0 }, many).length).toBe(maxContextTokens);
    const agent = Array.from({ length: 15 }, (_, index) => `word${index}`).join(" ");
    const tokens = contextTokens({ agent }, { age: 7, city: "Graz" });
    expect(tokens).toHaveLength(maxContextTokens);
    expect(tokens.slice(0, 2)).toEqual([
      { index: hash32("user.age") % contextTokenBuckets, weight: Math.log(8) / 16 },
      { index: hash32("user.city=Graz") % contextTokenBuckets, weight: 1 / 4 },
    ]);
  });
});
