import { expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

test("keys are sorted at every depth, lists keep their order", () => {
  expect(canonicalJson({ b: [{ d: 1, c: "x" }, 2], a: null, "a!": true })).toBe(
    '{"a!":true,"a":null,"b":[{"c":"x","d":1},2]}',
  );
});

test("the text is JSON of the same value", () => {
  const value = { "": -1.5e-7, quote: '"\n\ud800', nested: { list: [[], {}] } };
  expect(JSON.parse(canonicalJson(value))).toEqual(value);
});
