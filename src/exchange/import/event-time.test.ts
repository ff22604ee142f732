import { expect, test } from "vitest";
import { createFileTime } from "./event-time.ts";
import { parseWith } from "./row-schema.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const parse = (value: unknown) => parseWith(createFileTime(now), value);

test.each([
  ["2015-06-02T05:02:12.117Z", 1433221332117],
  ["2015-06-02T07:02:12.117000+02:00", 1433221332117],
  [1433221332117, 1433221332117],
  ["1433221332117", 1433221332117],
  [1433221332, 1433221332000],
  ["1433221332", 1433221332000],
  ["1433221332.117", 1433221332117],
  [1e8, 1e11],
  [1e11, 1e11],
])("%j is the time %i", (value, milliseconds) => {
  expect(parse(value)).toEqual({ value: milliseconds });
});

test.each([
  [0, "must be a time with its zone"],
  ["17", 'or Unix seconds or milliseconds from 1973 on, got "17"'],
  [1e8 - 1, "must be a time with its zone"],
  [1433221332117000, "must be a time with its zone"],
  [Number.NaN, "must be a time with its zone"],
  ["-1433221332", "must be a time with its zone"],
  ["2015-06-02T05:02:12", "must be a time with its zone"],
  ["2015-06-02 05:02:12Z", "must be a time with its zone"],
  ["4102444800", "is in the future"],
  [true, "must be a time with its zone"],
])("%j is refused: %s", (value, reason) => {
  expect(parse(value)).toEqual({ reason: expect.stringContaining(reason) });
});
