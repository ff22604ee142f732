import { expect, test } from "vitest";
import { duration, toDuration } from "./durations.ts";

test.each([
  ["PT0S", 0],
  ["PT10M", 600],
  ["PT1H30M", 5400],
  ["P2D", 172_800],
  ["P1DT1.5S", 86_401.5],
])("%s has %d seconds", (text, seconds) => {
  expect(duration.parse(text)).toBe(seconds);
  expect(toDuration(seconds)).toBe(text);
});

test.each(["", "10M", "PT-1S", "P1Y", "PT1.5M"])("'%s' is no duration", (text) => {
  expect(duration.safeParse(text).success).toBe(false);
});
