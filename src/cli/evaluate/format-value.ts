import type { EstimatedValue } from "../../analysis/off-policy/evaluate-log.ts";

/** How the values of an evaluation are written: all with the same decimals. */
export interface ValueFormat {
  value(value: EstimatedValue): string;
  error(value: EstimatedValue): string;
  interval(value: EstimatedValue): string;
}

const mostDecimals = 12;
const fewestDecimals = 2;

/** Three digits of the standard error of the logged reward: rewards may be clicks or revenue. */
function countDecimals({ standardError }: EstimatedValue): number {
  if (!(standardError > 0 && Number.isFinite(standardError))) return 6;
  const decimals = 2 - Math.floor(Math.log10(standardError));
  return Math.min(mostDecimals, Math.max(fewestDecimals, decimals));
}

/** @param logged mean reward of the logging policy */
export function createValueFormat(logged: EstimatedValue): ValueFormat {
  const decimals = countDecimals(logged);
  const write = (value: number) => value.toFixed(decimals).replace("-", "−");
  return {
    value: ({ value }) => write(value),
    error: ({ standardError }) => (Number.isFinite(standardError) ? write(standardError) : "∞"),
    interval: ({ interval: { lower, upper } }) =>
      Number.isFinite(lower) ? `${write(lower)} to ${write(upper)}` : "unbounded",
  };
}
