import { studentQuantile } from "../../numeric/beta.ts";
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

const inErrors = ({ mean, standardError }: Comparison["difference"]) => mean / standardError;

/** A single seed has no standard error. */
const show = (figure: number) => (Number.isNaN(figure) ? "–" : figure.toFixed(1));

/** Standard errors by which MPO is above the other in the last cycle. */
const errorsOf = ({ lastDifference }: Comparison) => inErrors(lastDifference);

/**
 * Real ratings have no known optimum: the last cycle is compared with popularity's, seed by seed.
 */
function jesterTarget(popularity: Comparison): Target {
  const errors = errorsOf(popularity);
  return {
    name: "simulate-jester",
    figure: `${show(errors)} standard errors above popularity in the last cycle`,
    target: `> ${aboveInErrors}`,
    isMet: errors > aboveInErrors,
  };
}

/** Upper end of the paired 95 % interval against nightly training, as a share of its reward. */
const allowedLoss = -0.01;

/** Against the policy that stands still, and against the same trained anew every night. */
function catalogueTarget(frozen: Comparison, nightly: Comparison): Target {
  const gain = errorsOf(frozen);
  const { mean, standardError } = nightly.lastDifference;
  // One seed has no interval: NaN.
  const quantile = nightly.seeds > 1 ? studentQuantile(0.975, nightly.seeds - 1) : Number.NaN;
  const upper = (mean + quantile * standardError) / nightly.lastOther.mean;
  return {
    name: "simulate-catalogue",
    figure: `${show(gain)} standard errors above frozen, at best ${show(100 * upper)} % above nightly in the last cycle`,
    target: `> ${aboveInErrors} and ≥ ${100 * allowedLoss} %`,
    isMet: gain > aboveInErrors && upper >= allowedLoss,
  };
}

/** Over all cycles: greedy P(outcome) × bid under the same budgets. */
function adsTarget({ difference, ratio }: Comparison): Target {
  const errors = inErrors(difference);
  return {
    name: "simulate-ads",
    figure: `${show(errors)} standard errors above greedy p × bid, ${ratio.toFixed(3)} of it, over all cycles`,
    target: `> ${aboveInErrors}`,
    isMet: errors > aboveInErrors,
  };
}

/** Against two feeds without learning: the newest posts, and those that were liked most lately. */
function feedTarget(recency: Comparison, trending: Comparison): Target {
  const [overRecency, overTrending] = [errorsOf(recency), errorsOf(trending)];
  return {
    name: "simulate-feed",
    figure: `${show(overRecency)} standard errors above recency, ${show(overTrending)} above the most liked posts`,
    target: `> ${aboveInErrors} both`,
    isMet: Math.min(overRecency, overTrending) > aboveInErrors,
  };
}

function find(comparisons: readonly Comparison[], name: Comparison["other"]): Comparison {
  const found = comparisons.find(({ other }) => other === name);
  if (found === undefined) throw new RangeError(`${name} was not compared with`);
  return found;
}

export function judge(
  { world, drift }: Pick<SimulationSettings, "world" | "drift">,
  comparisons: readonly Comparison[],
): Target {
  if (world === "catalogue")
    return catalogueTarget(find(comparisons, "frozen"), find(comparisons, "nightly"));
  if (world === "ads") return adsTarget(find(comparisons, "greedy-bid"));
  if (world === "feed")
    return feedTarget(find(comparisons, "recency"), find(comparisons, "trending"));
  const popularity = find(comparisons, "popularity");
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
