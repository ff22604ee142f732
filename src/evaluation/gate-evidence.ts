import type {
  GateDifference,
  GateEvidence,
  GateLooks,
  GateStatistic,
} from "../domain/gate-record.ts";
import { normalCdf, normalQuantile } from "../numeric/statistics.ts";
import { type CheckedPart, censoredDifference } from "./censored-difference.ts";
import { checkNumber } from "./checks.ts";
import { minimalDetectableDifference } from "./diagnostics.ts";
import {
  doublyRobustDifference,
  type FeedbackPair,
  type MeasuredDifference,
} from "./feedback-pair.ts";
import type { GateLimits } from "./gate-guards.ts";
import { leaveOutUser } from "./leave-out-user.ts";
import { pooledError } from "./paired-difference.ts";
import { poolLooks } from "./pooled-looks.ts";

export interface EvidenceInput {
  readonly checked: CheckedPart;
  /** c ≥ 0, finite. */
  readonly weightClip: number;
  /** The judge's prediction for the candidate, reward units a row. */
  readonly predictedDifference: number;
  /** At least 1, default 1: factor on the standard errors of these rows. */
  readonly errorFactor?: number;
  /**
   * Results of earlier looks at the same two policies, on other feedback: the verdict is on all
   * looks together.
   */
  readonly earlier?: GateLooks | undefined;
}

/** @param leastError the standard error is no smaller; see `pooledError` */
function testDifference(
  { difference, servingValue, ...found }: MeasuredDifference,
  {
    confidence,
    leastError,
    factor,
  }: Readonly<Record<"confidence" | "leastError" | "factor", number>>,
): GateStatistic {
  const standardError = factor * Math.max(found.standardError, leastError);
  const sharedError = factor * found.sharedError;
  const z = standardError === 0 ? 0 : difference / standardError;
  // Sizes near the limits of float64, or limits that let one user through.
  checkNumber("standard error", standardError, {
    low: 0,
    high: Number.MAX_VALUE,
    expected: "a finite number",
    remedy: "more users, and rewards of a usual size, are needed",
  });
  const width = normalQuantile(confidence) * standardError;
  return {
    difference,
    standardError,
    sharedError,
    interval: [difference - width, difference + width],
    probabilityPositive: normalCdf(z),
    servingValue,
  };
}

/** Both forms; tests take the smaller one if there is something to protect: plain DR repeats the model's optimism. */
function testForms(pair: FeedbackPair, input: EvidenceInput, limits: GateLimits) {
  const { weightClip, errorFactor: factor = 1 } = input;
  const leastError = pooledError(pair, weightClip);
  const found = {
    doublyRobust: doublyRobustDifference(pair, weightClip),
    censored: censoredDifference(pair, input.checked, weightClip),
  };
  const test = (result: MeasuredDifference) =>
    testDifference(result, { confidence: limits.promoteConfidence, leastError, factor });
  const doublyRobust = test(found.doublyRobust);
  const censored = test(found.censored);
  const isCensored =
    limits.statistic === "smaller" && censored.interval[0] <= doublyRobust.interval[0];
  const { foremost } = isCensored ? found.censored : found.doublyRobust;
  return { doublyRobust, censored, isCensored, foremost };
}

/** The difference without the user who speaks most for the candidate: a bot is one user, however many rows it has. */
function testWithoutOneUser(
  pair: FeedbackPair,
  input: EvidenceInput,
  { limits, user }: { readonly limits: GateLimits; readonly user: number },
): GateDifference {
  const rest = leaveOutUser(pair, input.checked, user);
  const others = { ...input, checked: rest.checked };
  const { doublyRobust, censored, isCensored } = testForms(rest.pair, others, limits);
  const { difference, standardError, sharedError } = isCensored ? censored : doublyRobust;
  return { difference, standardError, sharedError };
}

/** What the rows say of the difference, and all looks together. */
export function weighEvidence(
  pair: FeedbackPair,
  input: EvidenceInput,
  limits: GateLimits,
): GateEvidence {
  const { predictedDifference, earlier } = input;
  const { doublyRobust, censored, isCensored, foremost } = testForms(pair, input, limits);
  const { difference, standardError, sharedError, interval, servingValue } = isCensored
    ? censored
    : doublyRobust;
  const evidence: GateEvidence = {
    statistic: isCensored ? "censored" : "doubly robust",
    difference,
    standardError,
    sharedError,
    interval,
    probabilityPositive: Math.min(
      doublyRobust.probabilityPositive,
      limits.statistic === "smaller" ? censored.probabilityPositive : 1,
    ),
    ...(servingValue > 0 && { relativeLift: difference / servingValue }),
    withoutOneUser: testWithoutOneUser(pair, input, { limits, user: foremost }),
    predictedDifference,
    minimalDetectableDifference: minimalDetectableDifference(standardError),
    doublyRobust,
    censored,
  };
  return earlier === undefined ? evidence : poolLooks(evidence, earlier, limits.promoteConfidence);
}
