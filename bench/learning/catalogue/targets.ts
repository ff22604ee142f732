import { studentQuantile } from "../../../src/numeric/beta.ts";
import { mean } from "../../statistics.ts";
import { estimateDifference, formatEstimate, type WorldResults } from "../results.ts";
import type { LearningTarget } from "../world.ts";

interface Comparison {
  readonly policy: string;
  readonly over: string;
  readonly caseName: string;
}

/** Paired by seed; undefined for one seed, which has no spread. */
function compare({ findValues, seeds }: WorldResults, { policy, over, caseName }: Comparison) {
  const [own, others] = [findValues(policy, caseName), findValues(over, caseName)];
  if (own === undefined || others === undefined || seeds.length < 2) return undefined;
  return { difference: estimateDifference(own, others), others };
}

/** More than so many paired standard errors above another. */
export const aboveInErrors = (errors: number, comparison: Comparison): LearningTarget => ({
  text: `${comparison.policy} above ${comparison.over} by more than ${errors} standard errors on ${comparison.caseName}`,
  judge: (results) => {
    const found = compare(results, comparison);
    if (found === undefined) return undefined;
    const { difference } = found;
    const ratio = difference.mean / difference.standardError;
    return {
      met: ratio > errors,
      found: `${formatEstimate(difference)}, ${ratio.toFixed(1)} errors`,
    };
  },
});

/** The paired 95 % interval (Student) against another, as a share of its mean, reaches this gain or more. */
export const intervalReaches = (gain: number, comparison: Comparison): LearningTarget => ({
  text: `95 % interval of ${comparison.policy} against ${comparison.over} includes ${100 * gain} % or better on ${comparison.caseName}`,
  judge: (results) => {
    const found = compare(results, comparison);
    if (found === undefined) return undefined;
    const { difference, others } = found;
    const width = studentQuantile(0.975, results.seeds.length - 1) * difference.standardError;
    const percent = [-width, width].map((side) => (100 * (difference.mean + side)) / mean(others));
    return {
      met: percent[1]! >= 100 * gain,
      found: percent
        .map((end) => end.toFixed(1))
        .join(" to ")
        .concat(" %"),
    };
  },
});
