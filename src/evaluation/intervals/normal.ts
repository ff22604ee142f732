import { normalQuantile } from "../../numeric/statistics.ts";
import { type Interval, missProbability } from "./interval.ts";

export interface StandardErrorInterval {
  readonly value: number;
  /** ≥ 0; infinite where the data cannot tell. */
  readonly standardError: number;
  /** 0.95 where absent. */
  readonly level?: number;
}

/**
 * value ± Φ⁻¹((1 + level)/2)·s.e.: by the central limit theorem, so for many independent clusters. Unbounded for an infinite s.e.
 * @throws invalid_request for a level outside (0, 1)
 */
export function normalInterval(options: StandardErrorInterval): Interval {
  const { value, standardError, level = 0.95 } = options;
  const width = normalQuantile(1 - missProbability(level) / 2) * standardError;
  return { lower: value - width, upper: value + width, level };
}
