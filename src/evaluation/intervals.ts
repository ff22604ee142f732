import { normalQuantile } from "../numeric/statistics.ts";

/** A two-sided confidence interval in the units of its estimate. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
  /** Nominal coverage, in (0, 1). */
  readonly level: number;
}

/** value ± Φ⁻¹((1 + level)/2)·s.e.: by the central limit theorem, so for many independent clusters. Unbounded for an infinite s.e. */
export function normalInterval(options: {
  readonly value: number;
  readonly standardError: number;
  /** 0.95 where absent. */
  readonly level?: number;
}): Interval {
  const { value, standardError, level = 0.95 } = options;
  const width = normalQuantile((1 + level) / 2) * standardError;
  return { lower: value - width, upper: value + width, level };
}
