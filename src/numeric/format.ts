// Numbers as a person reads them in logs, reasons and terminals: English, whatever the locale of the machine.

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** 12345.6 → "12,346". */
export const formatWhole = (value: number): string => whole.format(Math.round(value));

/** 1, "user" → "1 user"; 2, "user" → "2 users". */
export const formatCounted = (count: number, noun: string): string =>
  `${formatWhole(count)} ${noun}${count === 1 ? "" : "s"}`;

/**
 * 0.0123456 → "0.0123", 12345 → "12300": the leading digits, without zeros behind them.
 * @param options.digits 1 to 100, default 3
 * @throws RangeError for other digits
 */
export const formatSignificant = (
  value: number,
  { digits = 3 }: { readonly digits?: number } = {},
): string => String(Number(value.toPrecision(digits)));

/** 0.0123456 → "0.0123", 12345.6 → "12,346": three digits, or all before the point. */
export const formatFigure = (value: number): string =>
  Math.abs(value) >= 1000 ? formatWhole(value) : formatSignificant(value);

/** 0.081234 → "8.12 %". */
export const formatShare = (share: number): string => `${formatSignificant(100 * share)} %`;

/** 0.08 → "8.0 %": the same decimals down a column. */
export const formatShareToTenth = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Minutes of milliseconds, without the unit: 90000 → "1.5". */
export const formatMinutes = (milliseconds: number): string => (milliseconds / 60_000).toFixed(1);

/** 100 → "100 s", 600 → "10 min", 9000 → "2.5 h". */
export function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
