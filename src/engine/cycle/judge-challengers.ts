import type { LoggedFeedback } from "../../evaluation/logged-feedback.ts";
import { type PairedDifference, pairedDifference } from "../../evaluation/paired-difference.ts";
import {
  advantages,
  type ChallengerSetting,
  challengerLogs,
  klDivergence,
  mixtureLogs,
  referenceLogs,
  rewardMoments,
  solveTemperature,
} from "../../learning/challengers.ts";
import { servedProbability } from "../../learning/feedback-row.ts";
import {
  challengerSettings,
  type MetaPolicyState,
  updateMetaPolicy,
} from "../../learning/meta-policy.ts";
import type { ScoredRow } from "../../learning/scored-row.ts";

/** Weights of the judge are clipped here; see docs/methods/estimators.md. */
export const weightClip = 20;
/** States on which the temperature of a challenger is solved. */
const temperatureStates = 1000;
/** z_0.95. */
const provenDeviations = 1.645;
const doNothing = "do-nothing";
/** Reward heads that the control variate averages: all memories alike. */
export const evenMemory: readonly number[] = [1 / 3, 1 / 3, 1 / 3];

export interface Challenger {
  readonly setting: ChallengerSetting;
  /** η. */
  readonly temperature: number;
}

export interface JudgedSetting extends ChallengerSetting {
  readonly temperature: number;
  /** Mean KL(π_φ ‖ π_θ) on the judging rows, nats. */
  readonly kl: number;
  readonly difference: number;
  readonly standardError: number;
  readonly z: number;
  readonly weight: number;
}

/** What the estimators need of a target policy on some rows. */
export interface TargetArrays {
  /** Served probability of the logged action. */
  readonly targetProbabilities: Float64Array;
  /** Σ_a π(a|s)·Q(s,a), served probabilities. */
  readonly directValues: Float64Array;
}

export function temper(scored: readonly ScoredRow[]): readonly Challenger[] {
  const sample = scored.slice(0, temperatureStates);
  return challengerSettings.map((setting) => {
    const states = sample.map(({ scores }) => ({
      reference: referenceLogs(scores.logPolicy, setting.proximity),
      advantage: advantages(scores, setting),
    }));
    return { setting, temperature: solveTemperature(states, setting.klRadius) };
  });
}

/** @param logs log π of each row's candidates; @param values Q of each row's candidates */
export function targetArrays(
  rows: readonly ScoredRow[],
  logs: readonly Float64Array[],
  values: readonly Float64Array[],
): TargetArrays {
  const targetProbabilities = new Float64Array(rows.length);
  const directValues = new Float64Array(rows.length);
  for (const [index, { row }] of rows.entries()) {
    for (const [a, logProbability] of (logs[index] ?? []).entries()) {
      const served = servedProbability(Math.exp(logProbability), row);
      directValues[index] = (directValues[index] ?? 0) + served * (values[index]?.[a] ?? 0);
      if (a === row.action) targetProbabilities[index] = served;
    }
  }
  return { targetProbabilities, directValues };
}

/** Logged arrays of the rows, with the control variate at the logged action. */
export function loggedArrays(
  rows: readonly ScoredRow[],
  values: readonly Float64Array[],
): { readonly feedback: LoggedFeedback; readonly predictions: Float64Array } {
  return {
    feedback: {
      rewards: Float64Array.from(rows, ({ row }) => row.reward),
      propensities: Float64Array.from(rows, ({ row }) => row.propensity),
      clusters: Int32Array.from(rows, ({ row }) => row.user),
    },
    predictions: Float64Array.from(rows, ({ row }, index) => values[index]?.[row.action] ?? 0),
  };
}

export interface Judgement {
  readonly settings: readonly JudgedSetting[];
  /** Judged difference of the mixture φ* to the serving policy, as a weighted mean of its parts. */
  readonly difference: number;
  readonly state: MetaPolicyState;
  /** What the serving policy is worth, in [0, 1], and how much more the uniform choice would be. */
  readonly servingValue: number;
  readonly uniformDifference: number;
  /** The serving policy is better than the uniform choice with 95 % confidence. */
  readonly proven: boolean;
  /** log φ* of a row. */
  readonly mix: (scored: ScoredRow) => Float64Array;
}

/** Nobody's feedback fell into the judge's fold. */
const noEvidence = {
  difference: 0,
  standardError: Number.POSITIVE_INFINITY,
  z: 0,
  servingValue: 0,
};

/**
 * All challengers and *do nothing* on the same rows of feedback that none of them was trained on, with the same control
 * variate, as paired doubly robust differences to the serving policy (mpo.md 4). Judging each by its own reward model
 * would favour the one that believes most of itself.
 */
export function judgeChallengers(
  rows: readonly ScoredRow[],
  challengers: readonly Challenger[],
  state: MetaPolicyState,
): Judgement {
  const values = rows.map(({ scores }) => rewardMoments(scores, evenMemory).mean);
  const { feedback, predictions } = loggedArrays(rows, values);
  const servingLogs = rows.map(({ scores }) => scores.logPolicy);
  const serving = targetArrays(rows, servingLogs, values);
  const compare = (logs: readonly Float64Array[]): PairedDifference => {
    if (rows.length === 0) return noEvidence;
    const candidate = targetArrays(rows, logs, values);
    return pairedDifference({ feedback, predictions, serving, candidate, weightClip });
  };
  const compared = challengers.map(({ setting, temperature }) => {
    const logs = rows.map(({ scores }) => challengerLogs(scores, setting, temperature));
    const kl =
      logs.reduce((sum, log, index) => sum + klDivergence(log, servingLogs[index] ?? log), 0) /
      Math.max(1, rows.length);
    return { ...setting, temperature, kl, ...compare(logs) };
  });
  const scale =
    compared.reduce((sum, { standardError }) => sum + standardError, 0) / compared.length;
  // Fewer than two users, or nothing to choose: the rows tell nothing apart.
  const isTold = scale > 0 && Number.isFinite(scale);
  // The lower confidence bound in units of the usual error: a large gain counts for more than a small one that is surer.
  const evidence = Object.fromEntries([
    [doNothing, 0],
    ...compared.map(({ name, difference, standardError }) => [
      name,
      isTold ? (difference - standardError) / scale : 0,
    ]),
  ]);
  const update = updateMetaPolicy(state, evidence);
  const settings = compared.map((one) => ({ ...one, weight: update.weights[one.name] ?? 0 }));
  const uniformLogs = servingLogs.map((logs) => logs.map(() => -Math.log(logs.length)));
  const uniform = compare(uniformLogs);
  return {
    settings,
    servingValue: uniform.servingValue,
    uniformDifference: uniform.difference,
    proven: uniform.z < -provenDeviations,
    difference: settings.reduce((sum, { weight, difference }) => sum + weight * difference, 0),
    state: update.state,
    mix: ({ scores }) =>
      mixtureLogs(
        [
          scores.logPolicy,
          ...challengers.map((one) => challengerLogs(scores, one.setting, one.temperature)),
        ],
        [update.weights[doNothing] ?? 0, ...settings.map(({ weight }) => weight)],
      ),
  };
}
