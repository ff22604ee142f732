import { expect, test } from "vitest";
import { hash32 } from "../numeric/hash.ts";
import { createRandom } from "../numeric/random.ts";
import { gramNames, meanPool, textFeatureCount } from "./text-features.ts";

const shared = (left: readonly string[], right: readonly string[]) =>
  left.filter((name) => right.includes(name)).length;

test("texts share names as they share 4-grams, whatever their case and punctuation", () => {
  const toyStory = gramNames("Toy Story (1995)");
  expect(toyStory).toHaveLength(textFeatureCount);
  expect(gramNames("TOY  story, 1995!")).toEqual(toyStory);
  expect(shared(toyStory, gramNames("Toy Story 2 (1999)"))).toBeGreaterThanOrEqual(2);
  expect(shared(toyStory, gramNames("Apollo 13"))).toBe(0);
  expect(gramNames("Up")).toEqual(["text= up "]);
  expect(gramNames(" —!")).toEqual([]);
});

test("the share of common names estimates the overlap of all 4-grams", () => {
  // Texts of 60 words of which 30 are common: the overlap of their 4-grams is known exactly.
  const random = createRandom(5);
  const word = () => Array.from({ length: 8 }, () => "abcdefghij"[random.integer(10)]).join("");
  const gramsOf = (text: string) =>
    new Set(Array.from({ length: text.length - 1 }, (_, i) => ` ${text} `.slice(i, i + 4)));
  const order = (names: Iterable<string>) =>
    [...names].sort((a, b) => hash32(a.slice("text=".length)) - hash32(b.slice("text=".length)));
  const trials = 100;
  let difference = 0;
  for (let trial = 0; trial < trials; trial++) {
    const common = Array.from({ length: 30 }, word).join(" ");
    const text = () => `${common} ${Array.from({ length: 30 }, word).join(" ")}`;
    const [left, right] = [text(), text()];
    const [a, b] = [gramsOf(left), gramsOf(right)];
    const both = [...a].filter((gram) => b.has(gram)).length;
    // Of the least hashes of both together, as many are common as of all 4-grams.
    const names = [gramNames(left), gramNames(right)] as const;
    const least = order(new Set(names.flat())).slice(0, textFeatureCount);
    const found = least.filter((name) => names.every((own) => own.includes(name))).length;
    difference += found / textFeatureCount - both / (a.size + b.size - both);
  }
  const deviation = Math.sqrt(0.25 / (trials * textFeatureCount));
  expect(Math.abs(difference / trials)).toBeLessThan(4 * deviation);
});

test("masked tokens do not count, and nothing has the vector 0", () => {
  const values = Float32Array.of(3, 0, 0, 4, 100, 100);
  expect([...meanPool(values, [1, 1, 0])].map((value) => value.toFixed(3))).toEqual([
    "0.600",
    "0.800",
  ]);
  expect([...meanPool(values, [0, 0, 0])]).toEqual([0, 0]);
});
