import type { Comparison } from "./compare.ts";
import type { SimulationSettings } from "./job.ts";

/** The target of a world's simulation, and the result. */
export interface Target {
  readonly name: string;
  readonly figure: string;
  readonly target: string;
  readonly isMet: boolean;
}

/** Least share of the best other strategy's reward, and least multiple of popularity's. */
const ofBest = 0.98;
const ofPopularity = 1.5;
/** Standard errors by which the last cycle must be above popularity's. */
const aboveInErrors = 3;

/**
 * Real ratings have no known optimum: the last cycle is compared with popularity's, seed by seed.
 */
function jesterTarget(popularity: Comparison): Target {
  const { mean, standardError } = popularity.lastDifference;
  const errors = mean / standardError;
  return {
    name: "simulate-jester",
    figure: `${errors.toFixed(1)} standard errors above popularity in the last cycle`,
    target: `> ${aboveInErrors}`,
    isMet: errors > aboveInErrors,
  };
}

export function judge(
  { world, drift }: Pick<SimulationSettings, "world" | "drift">,
  comparisons: readonly Comparison[],
): Target {
  const popularity = comparisons.find(({ other }) => other === "popularity");
  if (popularity === undefined) throw new RangeError("popularity was not compared with");
  if (world === "jester") return jesterTarget(popularity);
  // MPO with the fast loop is no other loop.
  const others = comparisons.filter(({ other }) => other !== "mpo+fast");
  const best = Math.min(...others.map(({ ratio }) => ratio));
  return {
    name: drift ? "simulate-synthetic-drift" : "simulate-synthetic",
    figure: `${best.toFixed(3)} of the best other, ${popularity.ratio.toFixed(2)} of popularity`,
    target: `≥ ${ofBest} and ≥ ${ofPopularity}`,
    isMet: best >= ofBest && popularity.ratio >= ofPopularity,
  };
}

export const describeTarget = ({ name, figure, target }: Target): string =>
  `${name}: ${figure} (target ${target})`;
