import { gateLimits } from "../../evaluation/gate-guards.ts";
import { formatFigure } from "../../numeric/format.ts";
import type { EstimatedValue, LogEvaluation } from "./evaluate-log.ts";

/** ESS/n below which estimates with a model turn optimistic and those without show too little of their spread. */
const thinShare = 0.15;
/** With fewer rows behind the rewards than that, a thin log can't be trusted to show the spread of its weights. */
const rewardedRows = 100;

/** Mass of the target's choices that the log can't hold, beyond which it doesn't decide. */
const largestUnsupported = 0.05;

export interface Conclusion {
  /** Whether the log supports an estimate of the target's reward. */
  readonly decides: boolean;
  /** For a person, the answer first. */
  readonly sentences: readonly string[];
}

const percent = (share: number) => `${formatFigure(100 * share)} %`;
const within = ({ interval }: EstimatedValue) =>
  `${formatFigure(interval.lower)} to ${formatFigure(interval.upper)}`;

/** Reasons why the log can't decide; each sentence has its number. */
function findObstacles({ diagnostics, log }: LogEvaluation): string[] {
  const limits = gateLimits;
  const { rows, clusters, effectiveSampleSize, effectiveSampleShare, rewardedSampleSize } =
    diagnostics;
  const obstacles: string[] = [];
  if (diagnostics.supportedRows === 0) {
    return [
      "The target would choose none of the logged actions: the log has no information about it.",
    ];
  }
  if (rows < limits.minimumRows || clusters < limits.minimumClusters) {
    const users = log.users === undefined ? "" : ` of ${clusters} users`;
    obstacles.push(
      `It has ${rows} rows${users}; ${limits.minimumRows} of ${limits.minimumClusters} users are needed.`,
    );
  }
  if (effectiveSampleShare < thinShare && rewardedSampleSize < rewardedRows) {
    obstacles.push(
      `The effective sample size (ESS) is ${formatFigure(effectiveSampleSize)} of ${formatFigure(rows)} rows, ` +
        `${percent(effectiveSampleShare)}, below ${percent(thinShare)}, ` +
        `and the rewards rest on the worth of ${formatFigure(rewardedSampleSize)} rows (${rewardedRows} are enough): a few large weights, ` +
        `up to ${formatFigure(diagnostics.largestWeight)}, carry the values, and the intervals are too narrow.`,
    );
  }
  const distance = Math.abs(diagnostics.meanWeight - 1);
  if (distance > limits.meanWeightDeviations * diagnostics.meanWeightStandardError + 1e-6) {
    obstacles.push(
      `The mean weight is ${formatFigure(diagnostics.meanWeight)} ± ${formatFigure(diagnostics.meanWeightStandardError)} and should be 1: ` +
        "the propensities are wrong, or the log lacks actions that the target would choose.",
    );
  }
  const { unsupportedMass = 0 } = diagnostics;
  if (unsupportedMass > largestUnsupported) {
    obstacles.push(
      `${percent(unsupportedMass)} of the target's choices have propensity 0: their reward can't be in the log.`,
    );
  }
  return obstacles;
}

function compare({ target, difference, logged, diagnostics }: LogEvaluation): string {
  const { interval, minimalDetectable } = difference;
  if (diagnostics.effectiveSampleShare > 1 - 1e-9) {
    return `Every weight is 1: ${target} chooses as the logging policy did, so there is no difference to find.`;
  }
  const ends = [interval.lower, interval.upper].map(Math.abs).sort((low, high) => low - high);
  const [low, high] = ends.map(formatFigure);
  const size = formatFigure(Math.abs(difference.value));
  const share =
    logged.value > 0 ? `, ${percent(Math.abs(difference.value) / logged.value)} of its value` : "";
  const more = interval.lower > 0;
  if (more || interval.upper < 0) {
    return `${target} earns ${more ? "more" : "less"} than the logging policy, by ${size} a row (95 %: ${low} to ${high})${share}.`;
  }
  return (
    `No difference to the logging policy is shown (95 %: ${within(difference)}); ` +
    `one of ${formatFigure(minimalDetectable)} a row would have been found 4 times out of 5.`
  );
}

/** The conclusions that an evaluation allows, and those that it doesn't. */
export function conclude(evaluation: LogEvaluation): Conclusion {
  const { target, estimates, diagnostics, logged } = evaluation;
  const obstacles = findObstacles(evaluation);
  if (obstacles.length > 0) {
    const answer = `The log cannot decide what ${target} would earn: don't act on these values.`;
    const remedy =
      "Take more rows, more exploration in the logging policy, or a target nearer to it.";
    return { decides: false, sentences: [answer, ...obstacles, remedy] };
  }
  if (diagnostics.rewardedSampleSize === 0) {
    const answer = "Every reward is 0: this log can't distinguish policies.";
    return { decides: false, sentences: [answer] };
  }
  const headline = estimates.find(({ estimator }) => estimator === "dr") ?? logged;
  return {
    decides: true,
    sentences: [
      `${target} would earn ${formatFigure(headline.value)} a row (dr, 95 %: ${within(headline)}); ` +
        `the logging policy earned ${formatFigure(logged.value)} (${within(logged)}).`,
      compare(evaluation),
      "This holds for the users, items and time of the log, and if its propensities are true.",
    ],
  };
}
