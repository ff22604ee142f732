// Numbers and times as a person reads them. The page is English everywhere; only the time zone is
// the reader's.
const locale = "en-GB";
const minus = "\u2212";
const space = "\u00a0";

const counts = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });

/** With so many decimals. */
export function formatFixed(value: number, digits: number): string {
  // A value that rounds to nothing has no sign.
  const text = value.toFixed(digits);
  const unsigned = text.replace("-", "");
  return Number(text) < 0 ? `${minus}${unsigned}` : unsigned;
}

const signed = (text: string) =>
  text.startsWith(minus) || /^[0.]+\D*$/.test(text) ? text : `+${text}`;

export function formatCount(value: number): string {
  return counts.format(value);
}

/** Three decimals below 10, fewer above: rewards of one scenario stay comparable down a column. */
export function formatReward(value: number): string {
  const size = Math.abs(value);
  return formatFixed(value, size < 10 ? 3 : size < 100 ? 2 : 1);
}

export function formatSignedReward(value: number): string {
  return signed(formatReward(value));
}

/** 0.1424 → "14.2 %". */
export function formatPercent(share: number): string {
  const percent = share * 100;
  return `${formatFixed(percent, Math.abs(percent) < 100 ? 1 : 0)}${space}%`;
}

export function formatSignedPercent(share: number): string {
  return signed(formatPercent(share));
}

/** [low, high] in the given form: "+0.8 % to +7.6 %". */
export function formatInterval(
  [low, high]: readonly [number, number],
  format: (value: number) => string,
): string {
  return `${format(low)} to ${format(high)}`;
}

export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)}${space}ms`;
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)}${space}s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

const units = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** A length of time in its largest unit, rounded: 900 → "15 minutes". */
export function formatSpan(seconds: number): string {
  const [unit, size] =
    units.find(([, length]) => seconds === length || seconds >= length * 1.5) ?? units[3];
  const count = Math.max(1, Math.round(seconds / size));
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** Clocks of browser and server differ, so a time in the future is "just now" as well. */
export function formatAgo(iso: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(iso)) / 1000);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** "in the last 15 minutes", or "in 15 minutes that ended 3 d ago" if more time has passed since. Rewards come after their window, so every span ends before now. */
export function formatRecent(
  { from, seconds }: { readonly from: string; readonly seconds: number },
  now: number,
): string {
  const span = formatSpan(seconds);
  const end = Date.parse(from) + seconds * 1000;
  return now <= end + seconds * 1000
    ? `in the last ${span}`
    : `in ${span} that ended ${formatAgo(new Date(end).toISOString(), now)}`;
}

/** "25 Nov 2026, 01:02:11" in the reader's time zone. */
export function formatMoment(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(Date.parse(iso));
}

/** "01:02:11", for a time a moment ago. */
export function formatClock(at: number, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    timeStyle: "medium",
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(at);
}

const clock = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
const dayTick = clock({ day: "numeric", month: "short" });
const minuteTick = clock({ hour: "2-digit", minute: "2-digit" });
const secondTick = clock({ hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** A tick of a time axis: "25 Nov" at midnight and between days, else "01:02", or "01:02:15" where ticks are seconds apart. */
export function formatTick(seconds: number, incrementSeconds: number): string {
  const date = new Date(seconds * 1000);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  if (incrementSeconds < 60) return secondTick.format(date);
  return (incrementSeconds >= 86_400 || isMidnight ? dayTick : minuteTick).format(date);
}
