import { nice, tickStep, ticks } from "d3-array";

/** Places of numbers in pixels. */
export interface Scale {
  (value: number): number;
  /** Pixels of the domain's ends. */
  readonly range: readonly [from: number, to: number];
  /** Some `count` round numbers of the domain. */
  ticks(count: number): readonly number[];
  /** Text of such a number, with the decimals that tell it from its neighbours. */
  tickFormat(count: number): (tick: number) => string;
}

type Span = readonly [from: number, to: number];

/** @param options.nice widens the domain to round numbers, some so many steps apart */
export function linearScale(domain: Span, range: Span, options: { nice?: number } = {}): Scale {
  const [low, high] = options.nice === undefined ? domain : nice(...domain, options.nice);
  const [left, right] = range;
  const unit = (right - left) / (high - low || 1);
  return Object.assign((value: number) => left + (value - low) * unit, {
    range,
    ticks: (count: number) => ticks(low, high, count),
    tickFormat: (count: number) => {
      const decimals = Math.max(0, -Math.floor(Math.log10(tickStep(low, high, count))));
      const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
      const { format } = new Intl.NumberFormat("en", digits);
      return (tick: number) => format(tick).replace("-", "−");
    },
  });
}
