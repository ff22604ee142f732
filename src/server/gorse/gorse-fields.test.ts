import { expect, test } from "vitest";
import { gorseTime, recommendQuery, toGorseTime } from "./gorse-fields.ts";

test.each([
  ["2022-08-07T00:26:46Z", "2022-08-07T00:26:46Z"],
  ["2022-08-07T00:26:40.500Z", "2022-08-07T00:26:40.5Z"],
  ["2022-08-07T02:26:46+02:00", "2022-08-07T00:26:46Z"],
  ["2022-08-07T00:26:46-0230", "2022-08-07T02:56:46Z"],
  ["2022-08-07 00:26:46", "2022-08-07T00:26:46Z"],
  ["2024-02-29t00:26z", "2024-02-29T00:26:00Z"],
  ["2022-08-07", "2022-08-07T00:00:00Z"],
  ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"],
  ["", "0001-01-01T00:00:00Z"],
])("the time '%s' is written as %s", (text, written) => {
  expect(toGorseTime(gorseTime.parse(text))).toBe(written);
});

test.each([
  ...["soon", "1960-01-01", "99999-01-01", "1", "12", "2026"],
  ...["2026-02-30T00:00:00Z", "2026-02-29", "2026-13-01", "2026-01-01T24:00:00Z"],
])("'%s' is no time", (text) => {
  expect(gorseTime.safeParse(text).success).toBe(false);
});

test("a delay is a duration as Go writes it", () => {
  const delayOf = (text: string) =>
    recommendQuery.safeParse({ "write-back-delay": text }).data?.["write-back-delay"];
  expect(["1h30m0s", "500ms", "1.5s"].map(delayOf)).toEqual([5_400_000, 500, 1500]);
  expect(["10", "m10", "9000h"].map(delayOf)).toEqual([undefined, undefined, undefined]);
});
