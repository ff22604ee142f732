import { expect, test } from "vitest";
import {
  formatAgo,
  formatClock,
  formatCount,
  formatDuration,
  formatInterval,
  formatMoment,
  formatPercent,
  formatRecent,
  formatReward,
  formatSignedPercent,
  formatSignedReward,
  formatSpan,
  formatTick,
} from "./format.ts";

// No-break spaces would make these tests hard to read.
const plain = (text: string) => text.replaceAll("\u00a0", " ");

test("counts are grouped by thousands", () => {
  expect([0, 999, 48_210, 1_234_567].map(formatCount)).toEqual(["0", "999", "48,210", "1,234,567"]);
});

test("a reward has three decimals below ten and fewer above", () => {
  expect([0.41234, -0.05, 9.9994, 12.345, 1234.56].map(formatReward)).toEqual([
    "0.412",
    "\u22120.050",
    "9.999",
    "12.35",
    "1234.6",
  ]);
});

test("a signed number shows plus or minus, and neither where it rounds to nothing", () => {
  expect([0.0123, -0.0123, 0, -0.0001].map(formatSignedReward)).toEqual([
    "+0.012",
    "\u22120.012",
    "0.000",
    "0.000",
  ]);
  expect([0.142, -0.005, 0.0001].map(formatSignedPercent).map(plain)).toEqual([
    "+14.2 %",
    "\u22120.5 %",
    "0.0 %",
  ]);
});

test("a share becomes a percentage, without decimals from 100 % on", () => {
  expect([0.1424, 1, 2.5].map(formatPercent).map(plain)).toEqual(["14.2 %", "100 %", "250 %"]);
});

test("an interval names both ends", () => {
  expect(plain(formatInterval([0.008, 0.076], formatSignedPercent))).toBe("+0.8 % to +7.6 %");
});

test("a duration uses the unit that fits", () => {
  expect([850.4, 4234, 125_000, 3_840_000].map(formatDuration).map(plain)).toEqual([
    "850 ms",
    "4.2 s",
    "2 min 5 s",
    "1 h 4 min",
  ]);
});

test("a span is rounded to its largest unit", () => {
  expect([1, 60, 65, 900, 5400, 86_400, 604_800].map(formatSpan)).toEqual([
    "1 second",
    "1 minute",
    "65 seconds",
    "15 minutes",
    "2 hours",
    "1 day",
    "7 days",
  ]);
});

test("a past moment is told relative to now, a future one as just now", () => {
  const now = Date.parse("2026-11-25T01:00:00Z");
  const ago = (seconds: number) => formatAgo(new Date(now - seconds * 1000).toISOString(), now);
  expect([-30, 4, 5, 59, 60, 3599, 3600, 86_399, 86_400].map(ago)).toEqual([
    "just now",
    "just now",
    "5 s ago",
    "59 s ago",
    "1 min ago",
    "59 min ago",
    "1 h ago",
    "23 h ago",
    "1 d ago",
  ]);
});

test("a moment is shown in the given time zone with its date", () => {
  expect(formatMoment("2026-11-25T01:02:11.400Z", "UTC")).toBe("25 Nov 2026, 01:02:11");
  expect(formatMoment("2026-11-24T23:30:00Z", "Europe/Berlin")).toBe("25 Nov 2026, 00:30:00");
  expect(formatClock(Date.parse("2026-11-25T01:02:11Z"), "UTC")).toBe("01:02:11");
});

test("ticks tell the day at midnight and between days, seconds only where ticks are that near", () => {
  // In the time zone of the reader, as the axis is.
  const at = (hours: number, minutes: number, seconds = 0) =>
    new Date(2026, 10, 25, hours, minutes, seconds).getTime() / 1000;
  expect(formatTick(at(0, 0), 3600)).toBe("25 Nov");
  expect(formatTick(at(13, 5), 3600)).toBe("13:05");
  expect(formatTick(at(13, 5), 86_400)).toBe("25 Nov");
  expect(formatTick(at(13, 5, 15), 15)).toBe("13:05:15");
});

test("a span is the last one until as much time has passed since its end", () => {
  const span = { from: "2026-03-01T12:00:00.000Z", seconds: 900 };
  const after = (seconds: number) => Date.parse(span.from) + seconds * 1000;
  expect(formatRecent(span, after(1800))).toBe("in the last 15 minutes");
  expect(formatRecent(span, after(1801))).toBe("in 15 minutes that ended 15 min ago");
  expect(formatRecent(span, after(900 + 3 * 86_400))).toBe("in 15 minutes that ended 3 d ago");
});
