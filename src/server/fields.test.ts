import { z } from "@hono/zod-openapi";
import { expect, test } from "vitest";
import { name, optional, time } from "../engine/input/fields.ts";
import { wire } from "./fields.ts";

interface Wanted {
  readonly text: string;
  readonly list?: readonly string[];
}

test("a schema that parses another type than the contract's does not compile", () => {
  const text = z.string();
  const list = optional(z.array(text));
  wire<Wanted>()(z.strictObject({ text, list }));
  // @ts-expect-error a field is missing, though an absent one would do
  wire<Wanted>()(z.strictObject({ text }));
  // @ts-expect-error a field may not be absent
  wire<Wanted>()(z.strictObject({ text, list: z.array(text) }));
  // @ts-expect-error an element is of another type
  wire<Wanted>()(z.strictObject({ text, list: optional(z.array(z.number())) }));
  // @ts-expect-error a field is too many
  wire<Wanted>()(z.strictObject({ text, list, more: optional(text) }));
});

test.each(["a", "x".repeat(256), "a b", "...", "å/😀"])("%j is a name", (text) => {
  expect(name.safeParse(text).data).toBe(text);
});

test.each(["", "x".repeat(257), ".", "..", "a\u0000", "a\n", "\u007f", "\u0085", "\ud800", 7])(
  "%j is no name",
  (text) => {
    expect(name.safeParse(text).success).toBe(false);
  },
);

test.each(["2026-03-01T12:00:00Z", "2024-02-29T00:00:00.123Z"])("%s is a time", (text) => {
  expect(time.safeParse(text).data).toBe(text);
});

test.each(["2026-03-01", "2026-03-01T12:00:00", "2025-02-29T00:00:00Z", "2026-03-01T24:00:00Z"])(
  "%s is no time in UTC",
  (text) => {
    expect(time.safeParse(text).success).toBe(false);
  },
);
