import { formatShareToTenth } from "../../src/numeric/format.ts";
import { mean } from "../statistics.ts";
import {
  type Estimate,
  estimate,
  estimateDifference,
  formatEstimate,
  type WorldResults,
} from "./results.ts";
import type { LearningTarget } from "./world.ts";

interface Comparison {
  readonly policy: string;
  readonly over: readonly string[];
  /** Averaged over these; all of the world where left out. */
  readonly cases?: readonly string[];
  /** Smallest gain over the best of the others, as a share of its mean; negative where a loss is allowed. */
  readonly gain: number;
  /** As many are forgiven; none where left out. */
  readonly standardErrors?: number;
}

const percent = (share: number) => `${share > 0 ? "+" : ""}${formatShareToTenth(share)}`;
const formatShare = ({ mean: share, standardError }: Estimate) =>
  Number.isNaN(standardError)
    ? percent(share)
    : `${percent(share)} ± ${(100 * standardError).toFixed(1)}`;

/** The one of the others with the best mean, chosen afterwards, which favours it. */
function findBest(results: WorldResults, others: readonly string[], cases: readonly string[]) {
  const sign = results.world.better === "higher" ? 1 : -1;
  const found = others.map((policy) => {
    const values = results.findMeanValues(policy, cases);
    return values && { policy, values, mean: mean(values) };
  });
  if (found.some((one) => one === undefined)) return undefined;
  return found.reduce((best, one) => (sign * one!.mean > sign * best!.mean ? one : best));
}

/** A gain over the best of others; for a value that is better lower, what it is lower by. */
export function gainOverBest(comparison: Comparison): LearningTarget {
  const { policy, over, cases: wanted, gain, standardErrors = 0 } = comparison;
  const bound = gain < 0 ? `at most ${percent(-gain).slice(1)} below` : `at least ${percent(gain)}`;
  const where = wanted === undefined ? "" : ` on ${wanted.join(", ")}`;
  const allowance = standardErrors > 0 ? `, ${standardErrors} standard errors allowed` : "";
  return {
    text: `${policy} ${bound} against the best of ${over.join(", ")}${where}${allowance}`,
    judge: (results) => {
      const cases = wanted ?? results.world.cases;
      const own = results.findMeanValues(policy, cases);
      const best = findBest(results, over, cases);
      if (own === undefined || best === undefined) return undefined;
      const sign = results.world.better === "higher" ? 1 : -1;
      const difference = estimateDifference(own, best.values);
      const share = {
        mean: (sign * difference.mean) / Math.abs(best.mean),
        standardError: difference.standardError / Math.abs(best.mean),
      };
      // One seed has no standard error to allow.
      if (standardErrors > 0 && Number.isNaN(share.standardError)) return undefined;
      const forgiven = standardErrors > 0 ? standardErrors * share.standardError : 0;
      return {
        met: share.mean + forgiven >= gain,
        found: `${formatShare(share)} against ${best.policy}`,
      };
    },
  };
}

/** A difference that was measured as a figure is above 0 by more than so many standard errors over seeds. */
export const figureAboveInErrors = (name: string, errors: number): LearningTarget => ({
  text: `${name} by more than ${errors} standard errors`,
  judge: (results) => {
    const [caseName = ""] = results.world.cases;
    const found = results.findFigures(name, caseName);
    if (found === undefined || found.length < 2) return undefined;
    const difference = estimate(found);
    const ratio = difference.mean / difference.standardError;
    return {
      met: ratio > errors,
      found: `${formatEstimate(difference)}, ${ratio.toFixed(1)} errors`,
    };
  },
});

/** A bound on a policy's value or, with `figure`, on what else was measured; the mean over seeds and cases counts. */
export function bound(limit: {
  readonly name: string;
  readonly kind: "value" | "figure";
  readonly cases?: readonly string[];
  readonly direction: "at least" | "at most";
  readonly limit: number;
}): LearningTarget {
  const { name, kind, cases: wanted, direction } = limit;
  return {
    text: `${name} ${direction} ${limit.limit}${wanted === undefined ? "" : ` on ${wanted.join(", ")}`}`,
    judge: (results) => {
      const find = kind === "value" ? results.findValues : results.findFigures;
      const found = (wanted ?? results.world.cases).map((caseName) => find(name, caseName));
      if (found.includes(undefined)) return undefined;
      const bySeed = results.seeds.map((_, seed) => mean(found.map((values) => values![seed]!)));
      const value = estimate(bySeed);
      const met = direction === "at least" ? value.mean >= limit.limit : value.mean <= limit.limit;
      return { met, found: formatEstimate(value) };
    },
  };
}
