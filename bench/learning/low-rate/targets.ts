import { mean } from "../../statistics.ts";
import { estimateDifference, formatEstimate, type WorldResults } from "../results.ts";
import type { LearningTarget } from "../world.ts";

/** Cycles from the third on: before, nobody can know much. */
export const settled = <T>(byCycle: readonly T[]): readonly T[] => byCycle.slice(2);

/** By seed, over all cases: the mean from the third cycle on. */
function settledMeans({ cases, seeds, findCurves }: WorldResults, policy: string) {
  const curves = cases.map((caseName) => findCurves(policy, caseName));
  if (curves.includes(undefined)) return undefined;
  return seeds.map((_, seed) => mean(curves.map((bySeed) => mean(settled(bySeed![seed]!)))));
}

/** Not below another from the third cycle on, two standard errors allowed. */
export const neverBelow = (policy: string, other: string): LearningTarget => ({
  text: `${policy} not below ${other} from the third cycle on, two standard errors allowed`,
  judge: (results) => {
    const [own, others] = [settledMeans(results, policy), settledMeans(results, other)];
    if (own === undefined || others === undefined) return undefined;
    const difference = estimateDifference(own, others);
    // One seed has no standard error to allow.
    const allowed = Number.isNaN(difference.standardError) ? 0 : 2 * difference.standardError;
    return {
      met: difference.mean + allowed >= 0,
      found: `${formatEstimate(difference)} clicks a slate, ${((100 * difference.mean) / mean(others)).toFixed(1)} %`,
    };
  },
});

/** Of all cycles of all cases and seeds at most 5 % promote what is no better in truth. */
export const fewWrongPromotions = (policy: string): LearningTarget => ({
  text: `${policy}: at most 5 % of the cycles promote a policy that is no better`,
  judge: ({ cases, findFigures, findCurves }) => {
    const counts = cases.map((caseName) => findFigures(`${policy}: wrong promotions`, caseName));
    const curves = cases.map((caseName) => findCurves(policy, caseName));
    if (counts.includes(undefined) || curves.includes(undefined)) return undefined;
    const wrong = counts.flatMap((bySeed) => bySeed!).reduce((sum, count) => sum + count, 0);
    const cycles = curves.flatMap((bySeed) => bySeed!).reduce((sum, { length }) => sum + length, 0);
    return { met: wrong <= 0.05 * cycles, found: `${wrong} of ${cycles} cycles` };
  },
});
