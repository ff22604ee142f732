import type { Verdict } from "../domain/cycle-outcome.ts";
import { EngineError } from "../domain/errors.ts";
import type { GateEvidence, GateRecord, Guard } from "../domain/gate-record.ts";
import { checkLength, checkNumber, checkNumbers } from "./checks.ts";
import { type FeedbackPair, type PairedInput, weighPair } from "./feedback-pair.ts";
import { type EvidenceInput, weighEvidence } from "./gate-evidence.ts";
import {
  type Coverage,
  checkGuards,
  dependenceGuard,
  type GateLimits,
  gateLimits,
  wherePooled,
} from "./gate-guards.ts";
import {
  canaried,
  dependent,
  failedGuards,
  madeByOne,
  promoted,
  tooSmall,
  undetectable,
  unproven,
  worse,
} from "./gate-reason.ts";
import { measureSupport } from "./gate-support.ts";
import { lowerBound } from "./pooled-looks.ts";
import { type ItemsAbove, testDependence } from "./slate-dependence.ts";

/** The reward model of `predictions` and `directValues` is a lower quantile, so that it does not fill in optimism. */
export interface GateInput extends PairedInput, EvidenceInput {
  /** Features of the items above each row in its slate: see `testDependence`. Absent if no slate has several items. */
  readonly above?: ItemsAbove;
  /** Catalogue coverage of both policies, in the same unit. */
  readonly coverage: Coverage;
  readonly limits?: GateLimits;
}

/** @throws invalid_request if a number cannot be used */
function checkInput(input: GateInput): FeedbackPair {
  const { checked, above, coverage, predictedDifference, weightClip } = input;
  const most = Number.MAX_VALUE;
  const finite = { low: -most, high: most, expected: "a finite number" };
  const positive = { low: 0, high: most, expected: "a finite number ≥ 0" };
  const remedy = "measure it again";
  checkNumber("coverage.candidate", coverage.candidate, { ...positive, remedy });
  checkNumber("coverage.serving", coverage.serving, { ...positive, remedy });
  checkNumber("predictedDifference", predictedDifference, { ...finite, remedy });
  checkNumber("weightClip", weightClip, { ...positive, remedy: "pass a clip such as 20" });
  const pair = weighPair(input);
  for (const [name, values] of Object.entries(checked)) {
    checkLength(`checked.${name}`, values.length, pair.candidate.rewards.length);
  }
  checkNumbers("checked.mass", checked.mass, { ...positive, remedy });
  checkNumbers("checked.values", checked.values, { ...finite, remedy });
  checkNumbers("checked.uniformWeights", checked.uniformWeights, { ...positive, remedy });
  for (const [name, values] of Object.entries(above ?? {})) {
    checkLength(`above.${name}`, values.length, pair.candidate.rewards.length);
    checkNumbers(`above.${name}`, values, { ...finite, remedy });
  }
  return pair;
}

type Answer = readonly [verdict: Verdict, reason: string];

function decide(evidence: GateEvidence, rows: number, limits: GateLimits): Answer {
  const { interval, probabilityPositive, predictedDifference, withoutOneUser } = evidence;
  if (interval[0] > 0) {
    const bound = lowerBound(withoutOneUser, limits.promoteConfidence);
    return bound > 0
      ? ["promote", promoted(evidence, limits)]
      : ["canary", madeByOne(evidence, bound, limits)];
  }
  if (probabilityPositive >= limits.canaryProbability)
    return ["canary", canaried(evidence, limits)];
  if (interval[1] < 0) return ["hold", worse(evidence, limits)];
  if (predictedDifference > 0 && evidence.minimalDetectableDifference > predictedDifference) {
    return ["not-enough-data", undetectable(evidence, rows)];
  }
  return ["hold", unproven(evidence, limits)];
}

/** A promotion that rests on an assumption which the log contradicts is one for a share of the traffic. */
function decideGuarded(
  evidence: GateEvidence,
  guards: readonly Guard[],
  { rows, limits }: { readonly rows: number; readonly limits: GateLimits },
): Answer {
  const failed = guards.filter(({ passed }) => !passed);
  const holding = failed.filter(({ name }) => name !== dependenceGuard);
  if (holding.length > 0) return ["hold", failedGuards(failed)];
  const [verdict, reason] = decide(evidence, rows, limits);
  return verdict === "promote" && failed.length > 0
    ? ["canary", dependent(evidence, failed[0]!)]
    : [verdict, reason];
}

function judgePair(pair: FeedbackPair, input: GateInput, limits: GateLimits): GateRecord {
  const { coverage, above } = input;
  const support = measureSupport(pair, input.checked, input.weightClip);
  const { rows, clusters, effectiveSampleShare } = support;
  const measured = { rows, clusters, effectiveSampleShare };
  if (rows < limits.minimumRows || clusters < limits.minimumClusters) {
    const reason = tooSmall(rows, clusters, limits);
    return { verdict: "not-enough-data", reason, ...measured, guards: [] };
  }
  const dependence = above && testDependence(above, pair.candidate, input.weightClip);
  const guards = checkGuards({ support, dependence, coverage, limits });
  const evidence = weighEvidence(pair, input, limits);
  const [verdict, reason] = decideGuarded(evidence, guards, { rows, limits });
  return { verdict, reason, ...measured, guards, ...(dependence && { dependence }), ...evidence };
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
