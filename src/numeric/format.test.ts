import { expect, test } from "vitest";
import {
  formatCounted,
  formatFigure,
  formatMinutes,
  formatSeconds,
  formatShare,
  formatShareToTenth,
  formatSignificant,
  formatWhole,
} from "./format.ts";

test("whole numbers are rounded and have their thousands apart", () => {
  expect([0, 999.4, 1234567, -12345.6].map(formatWhole)).toEqual([
    "0",
    "999",
    "1,234,567",
    "-12,346",
  ]);
});

test("a count has its noun in the singular for one alone", () => {
  expect([0, 1, 1200].map((count) => formatCounted(count, "user"))).toEqual([
    ...["0 users", "1 user", "1,200 users"],
  ]);
});

test("significant digits are the leading ones, without zeros behind them", () => {
  const formatted = [0, 0.5, 0.0123456, 12345, -1e-9].map((value) => formatSignificant(value));
  expect(formatted).toEqual(["0", "0.5", "0.0123", "12300", "-1e-9"]);
  expect(formatSignificant(Math.PI, { digits: 4 })).toBe("3.142");
});

test("a figure has three digits, from 1,000 on all before the point", () => {
  expect([0.0123456, 999.9, 1000, -12345.6].map(formatFigure)).toEqual([
    "0.0123",
    "1000",
    "1,000",
    "-12,346",
  ]);
});

test("shares are per cent, with three digits or one decimal", () => {
  expect([0.081234, 1, 0].map(formatShare)).toEqual(["8.12 %", "100 %", "0 %"]);
  expect([0.08, 0.99999].map(formatShareToTenth)).toEqual(["8.0 %", "100.0 %"]);
});

test("lengths of time are told in the unit that suits them", () => {
  expect([0.4, 119.4, 120, 7199, 7200, 9000].map(formatSeconds)).toEqual([
    "0 s",
    "119 s",
    "2 min",
    "120 min",
    "2.0 h",
    "2.5 h",
  ]);
  expect(formatMinutes(90_000)).toBe("1.5");
});
