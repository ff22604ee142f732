import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { integerIn, parseSeeds, parseTime, parseUrl } from "./parse-options.ts";

test.each([
  ["3", [3]],
  ["1,2,5", [1, 2, 5]],
  ["1..4", [1, 2, 3, 4]],
  ["7..7", [7]],
  ["5, 1..3, 2", [5, 1, 2, 3]],
])("seeds %s are %j", (text, seeds) => {
  expect(parseSeeds(text)).toEqual(seeds);
});

test.each(["", "a", "1.5", "-1", "4..1", "1..", "..3", "1,,2", "1...3", "1..5000", "9999999999"])(
  "seeds '%s' are wrong usage",
  (text) => {
    expect(() => parseSeeds(text)).toThrow(InvalidArgumentError);
  },
);

test("integers are parsed in their range and refused outside it", () => {
  const parse = integerIn(1, 65_535);
  expect([parse("1"), parse("65535")]).toEqual([1, 65_535]);
  for (const text of ["0", "65536", "1e3", "8080x", "", " 1", "1.0", "-1"]) {
    expect(() => parse(text)).toThrow("Expected an integer in 1…65535.");
  }
});

test("times are in UTC, dates their midnight", () => {
  expect(parseTime("2026-03-01")).toBe(Date.UTC(2026, 2, 1));
  expect(parseTime("2026-03-01T12:30Z")).toBe(Date.UTC(2026, 2, 1, 12, 30));
  const missing = ["2026-02-30", "2026-04-31", "2026-02-31T00:00Z"];
  for (const wrong of [...missing, "yesterday", "2026-13-01", "2026-03-01T12:30", "1"]) {
    expect(() => parseTime(wrong)).toThrow(InvalidArgumentError);
  }
});

test("an address has a protocol and a host", () => {
  for (const url of ["http://127.0.0.1:7400", "https://host/under/"])
    expect(parseUrl(url)).toBe(url);
  for (const wrong of ["nope", "localhost:7400", "ftp://host", "http://", ""])
    expect(() => parseUrl(wrong)).toThrow("http://127.0.0.1:7400");
});
