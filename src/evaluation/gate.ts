import type { Verdict } from "../domain/cycle-outcome.ts";
import { EngineError } from "../domain/errors.ts";
import type { GateEvidence, GateLooks, GateRecord, GateStatistic } from "../domain/gate-record.ts";
import { normalCdf, normalQuantile } from "../numeric/statistics.ts";
import { checkLength, checkNumber, checkNumbers, highestProbability } from "./checks.ts";
import { minimalDetectableDifference } from "./diagnostics.ts";
import {
  type Coverage,
  checkGuards,
  type GateLimits,
  gateLimits,
  wherePooled,
} from "./gate-guards.ts";
import {
  canaried,
  failedGuards,
  promoted,
  tooSmall,
  undetectable,
  unproven,
  worse,
} from "./gate-reason.ts";
import { measureSupport } from "./gate-support.ts";
import {
  type CheckedPart,
  censoredDifference,
  doublyRobustDifference,
  type FeedbackPair,
  type PairedDifference,
  type PairedInput,
  pooledError,
  weighPair,
} from "./paired-difference.ts";
import { poolLooks } from "./pooled-looks.ts";

/** The reward model of `predictions` and `directValues` is a lower quantile, so that it does not fill in optimism. */
export interface GateInput extends PairedInput {
  readonly checked: CheckedPart;
  /**
   * Mean probability that the candidate puts on actions that the log almost never holds, in [0, 1].
   */
  readonly unsupportedMass: number;
  /** Catalogue coverage of both policies, in the same unit. */
  readonly coverage: Coverage;
  /** The judge's prediction for the candidate, reward units a row. */
  readonly predictedDifference: number;
  readonly limits?: GateLimits;
  /**
   * Results of earlier looks at the same two policies, on other feedback: the verdict is on all
   * looks together.
   */
  readonly earlier?: GateLooks | undefined;
}

/** @throws invalid_request if a number cannot be used */
function checkInput(input: GateInput): FeedbackPair {
  const { checked, unsupportedMass, coverage, predictedDifference, weightClip } = input;
  const most = Number.MAX_VALUE;
  const finite = { low: -most, high: most, expected: "a finite number" };
  const share = { low: 0, high: highestProbability, expected: "in [0, 1]" };
  const positive = { low: 0, high: most, expected: "a finite number ≥ 0" };
  const remedy = "measure it again";
  checkNumber("unsupportedMass", unsupportedMass, { ...share, remedy });
  checkNumber("coverage.candidate", coverage.candidate, { ...positive, remedy });
  checkNumber("coverage.serving", coverage.serving, { ...positive, remedy });
  checkNumber("predictedDifference", predictedDifference, { ...finite, remedy });
  checkNumber("weightClip", weightClip, { ...positive, remedy: "pass a clip such as 20" });
  const pair = weighPair(input);
  for (const [name, values] of Object.entries(checked)) {
    checkLength(`checked.${name}`, values.length, pair.candidate.rewards.length);
  }
  const mass = {
    low: 0,
    high: Math.max(highestProbability, weightClip),
    expected: "in [0, weightClip]",
  };
  checkNumbers("checked.mass", checked.mass, { ...mass, remedy });
  checkNumbers("checked.values", checked.values, { ...finite, remedy });
  return pair;
}

/** @param leastError the standard error is no smaller; see `pooledError` */
function testDifference(
  { difference, sharedError, servingValue, ...found }: PairedDifference,
  { confidence, leastError }: { readonly confidence: number; readonly leastError: number },
): GateStatistic {
  const standardError = Math.max(found.standardError, leastError);
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

/**
 * Both forms; tests take the smaller one if there is something to protect: plain DR repeats the
 * model's optimism.
 */
function weighEvidence(pair: FeedbackPair, input: GateInput, limits: GateLimits): GateEvidence {
  const { weightClip, predictedDifference } = input;
  const leastError = pooledError(pair, weightClip);
  const test = (result: PairedDifference) =>
    testDifference(result, { confidence: limits.promoteConfidence, leastError });
  const doublyRobust = test(doublyRobustDifference(pair, weightClip));
  const censored = test(censoredDifference(pair, input.checked, weightClip));
  const isCensored =
    limits.statistic === "smaller" && censored.interval[0] <= doublyRobust.interval[0];
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
    predictedDifference,
    minimalDetectableDifference: minimalDetectableDifference(standardError),
    doublyRobust,
    censored,
  };
  return input.earlier === undefined
    ? evidence
    : poolLooks(evidence, input.earlier, limits.promoteConfidence);
}

type Answer = readonly [verdict: Verdict, reason: string];

function decide(evidence: GateEvidence, rows: number, limits: GateLimits): Answer {
  const { interval, probabilityPositive, predictedDifference } = evidence;
  if (interval[0] > 0) return ["promote", promoted(evidence, limits)];
  if (probabilityPositive >= limits.canaryProbability)
    return ["canary", canaried(evidence, limits)];
  if (interval[1] < 0) return ["hold", worse(evidence, limits)];
  if (predictedDifference > 0 && evidence.minimalDetectableDifference > predictedDifference) {
    return ["not-enough-data", undetectable(evidence, rows)];
  }
  return ["hold", unproven(evidence, limits)];
}

function judgePair(pair: FeedbackPair, input: GateInput, limits: GateLimits): GateRecord {
  const { unsupportedMass, coverage } = input;
  const support = measureSupport(pair.candidate, input.checked, input.weightClip);
  const { rows, clusters, effectiveSampleShare } = support;
  const measured = { rows, clusters, effectiveSampleShare };
  if (rows < limits.minimumRows || clusters < limits.minimumClusters) {
    const reason = tooSmall(rows, clusters, limits);
    return { verdict: "not-enough-data", reason, ...measured, guards: [] };
  }
  const guards = checkGuards({ support, unsupportedMass, coverage, limits });
  const failed = guards.filter(({ passed }) => !passed);
  const evidence = weighEvidence(pair, input, limits);
  const [verdict, reason]: Answer =
    failed.length > 0 ? ["hold", failedGuards(failed)] : decide(evidence, rows, limits);
  return { verdict, reason, ...measured, guards, ...evidence };
}

/**
 * Whether a candidate may replace the serving policy, from feedback that neither was trained on.
 * Never throws for its data: unusable data give `hold` with the reason, so nothing broken is
 * promoted. See docs/methods/gate.md.
 */
export function judgeCandidate(input: GateInput): GateRecord {
  const given = input.limits ?? gateLimits;
  const limits = input.earlier === undefined ? given : wherePooled(given);
  const rows = input.feedback.rewards.length;
  if (rows === 0) {
    const reason = tooSmall(0, 0, limits);
    return { verdict: "not-enough-data", reason, rows, guards: [] };
  }
  try {
    return judgePair(checkInput(input), input, limits);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { verdict: "hold", reason: `Held: ${error.message}.`, rows, guards: [] };
  }
}
