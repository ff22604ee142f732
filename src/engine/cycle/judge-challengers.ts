import type { LoggedFeedback } from "../../evaluation/logged-feedback.ts";
import {
  type CheckedPart,
  differenceCovariance,
  type PairedDifference,
  pairedDifference,
} from "../../evaluation/paired-difference.ts";
import { type ChallengerSetting, klDivergence, rewardMoments } from "../../learning/challengers.ts";
import { type JudgedRow, servedProbability } from "../../learning/feedback-row.ts";
import { type ContextRow, rememberContext, valueUnit } from "../../learning/meta-context.ts";
import {
  doNothing,
  learnFromJudged,
  type MetaPolicyInput,
  type MetaPolicyState,
  type MetaPrediction,
} from "../../learning/meta-policy.ts";
import { type Restraint, solveChallenger } from "../../learning/restraint.ts";
import { createRowChallenger } from "../../learning/row-challenger.ts";
import type { ScoredRow } from "../../learning/scored-row.ts";
import type { RandomStream } from "../../numeric/random.ts";

/** Weights of the judge are clipped here; see docs/methods/estimators.md. */
export const weightClip = 20;
/** States on which the temperature of a challenger is solved. */
const temperatureStates = 256;
/** z_0.95. */
const provenDeviations = 1.645;
/** Reward heads that the control variate averages: all memories alike. */
export const evenMemory: readonly number[] = [1 / 3, 1 / 3, 1 / 3];

export interface Challenger {
  readonly setting: ChallengerSetting;
  /** η. */
  readonly temperature: number;
  readonly restraint: Restraint;
}

/** Rows with the challengers that are judged on them: scored by a critic that was trained on none of the rows. */
export interface JudgedPart {
  readonly rows: readonly ScoredRow<JudgedRow>[];
  readonly challengers: readonly Challenger[];
}

/** A part as every judgement reads it: measured once, judged alone and with others. */
export interface MeasuredPart {
  readonly rows: readonly ScoredRow<JudgedRow>[];
  /** Control variate of each row's candidates. */
  readonly values: readonly Float64Array[];
  readonly serving: TargetArrays;
  readonly challengers: readonly (TargetArrays & {
    readonly setting: ChallengerSetting;
    /** KL(π_φ ‖ π_θ) of each row, nats. */
    readonly divergences: Float64Array;
  })[];
}

export interface JudgedSetting extends ChallengerSetting, MetaPrediction {
  /** Mean KL(π_φ ‖ π_θ) on the judging rows, nats. */
  readonly kl: number;
  readonly difference: number;
  readonly standardError: number;
  readonly z: number;
  /** w_j. */
  readonly weight: number;
}

/** What the estimators need of a target policy on some rows. */
export interface TargetArrays {
  /** Served probability of the logged action. */
  readonly targetProbabilities: Float64Array;
  /** Σ_a π(a|s)·Q(s,a), served probabilities. */
  readonly directValues: Float64Array;
}

/** @param restrains whether D is good enough to restrain the challengers */
export function temper(
  scored: readonly Pick<ScoredRow, "scores">[],
  settings: readonly ChallengerSetting[],
  restrains: boolean,
): readonly Challenger[] {
  const states = scored.slice(0, temperatureStates).map(({ scores }) => scores);
  return settings.map((setting) => ({ setting, ...solveChallenger(states, setting, restrains) }));
}

const noLogs = new Float64Array();

/** Served probability of the logged action, and Σ_a π(a|s)·Q(s,a). */
function measureRow(row: JudgedRow, logs: Float64Array, values: Float64Array) {
  let direct = 0;
  for (let a = 0; a < logs.length; a++) {
    direct += servedProbability(Math.exp(logs[a] ?? 0), row) * (values[a] ?? 0);
  }
  return { direct, target: servedProbability(Math.exp(logs[row.action] ?? 0), row) };
}

/** @param logs log π of each row's candidates; @param values Q of each row's candidates */
export function targetArrays(
  rows: readonly ScoredRow<JudgedRow>[],
  logs: readonly Float64Array[],
  values: readonly Float64Array[],
): TargetArrays {
  const targetProbabilities = new Float64Array(rows.length);
  const directValues = new Float64Array(rows.length);
  for (const [index, { row }] of rows.entries()) {
    const { target, direct } = measureRow(row, logs[index] ?? noLogs, values[index] ?? noLogs);
    directValues[index] = direct;
    targetProbabilities[index] = target;
  }
  return { targetProbabilities, directValues };
}

/** What of a candidate the log can check. @param logs log π of the candidate, and of the policies that made the rows */
export function checkedPart(
  rows: readonly ScoredRow<JudgedRow>[],
  logs: { readonly candidate: readonly Float64Array[]; readonly logging: readonly Float64Array[] },
  values: readonly Float64Array[],
): CheckedPart {
  const masses = rows.map(({ row }, index) =>
    (logs.candidate[index] ?? new Float64Array()).map((logProbability, a) =>
      Math.min(
        servedProbability(Math.exp(logProbability), row),
        weightClip * servedProbability(Math.exp(logs.logging[index]?.[a] ?? 0), row),
      ),
    ),
  );
  const sum = (summand: (mass: number, index: number, a: number) => number) =>
    Float64Array.from(masses, (mass, index) =>
      mass.reduce((total, value, a) => total + summand(value, index, a), 0),
    );
  return {
    mass: sum((mass) => mass),
    values: sum((mass, index, a) => mass * (values[index]?.[a] ?? 0)),
  };
}

/** Logged arrays of the rows, with the control variate at the logged action. */
export function loggedArrays(
  rows: readonly ScoredRow<JudgedRow>[],
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
  /** Judged difference of the mixture φ* to the serving policy. */
  readonly difference: number;
  readonly standardError: number;
  readonly state: MetaPolicyState;
  /** Name of the setting with the largest weight, or *do nothing*. */
  readonly chosen: string;
  /** The uniform choice against the serving policy: what the latter is worth, in [0, 1], and how much more the former would be. */
  readonly uniform: PairedDifference;
  /** The serving policy is better than the uniform choice with 95 % confidence. */
  readonly proven: boolean;
  /** w_j by name, *do nothing* included. */
  readonly weights: Readonly<Record<string, number>>;
}

/** Nobody's feedback fell into the judge's fold. */
const noEvidence = {
  difference: 0,
  standardError: Number.POSITIVE_INFINITY,
  z: 0,
  servingValue: 0,
};

/** Weight that changes no probability of a mixture by more than rounding does. */
const negligibleWeight = 1e-12;

/** Makes log φ* of a row: Σ_j w_j π_φj, *do nothing* included. */
export const mixChallengers = (
  challengers: readonly Challenger[],
  weights: Judgement["weights"],
): ((scored: Pick<ScoredRow, "scores">) => Float64Array) => {
  const row = createRowChallenger();
  const heavy = challengers.filter(
    ({ setting }) => (weights[setting.name] ?? 0) > negligibleWeight,
  );
  return ({ scores }) => {
    row.read(scores);
    const mixed = new Float64Array(scores.logPolicy.length);
    const add = (logs: Float64Array, weight: number) => {
      for (let a = 0; a < mixed.length; a++)
        mixed[a] = (mixed[a] ?? 0) + weight * Math.exp(logs[a] ?? 0);
    };
    add(scores.logPolicy, weights[doNothing] ?? 0);
    for (const one of heavy) add(row.challenge(one), weights[one.setting.name] ?? 0);
    return mixed.map(Math.log);
  };
};

/** Reads each challenger once on the rows of a part. */
export function measurePart({ rows, challengers }: JudgedPart): MeasuredPart {
  const values = rows.map(({ scores }) => rewardMoments(scores, evenMemory).mean);
  const servingLogs = rows.map(({ scores }) => scores.logPolicy);
  return {
    rows,
    values,
    serving: targetArrays(rows, servingLogs, values),
    challengers: measureChallengers(rows, challengers, values),
  };
}

function measureChallengers(
  rows: MeasuredPart["rows"],
  challengers: readonly Challenger[],
  values: readonly Float64Array[],
): MeasuredPart["challengers"] {
  const measured = challengers.map(({ setting }) => ({
    setting,
    targetProbabilities: new Float64Array(rows.length),
    directValues: new Float64Array(rows.length),
    divergences: new Float64Array(rows.length),
  }));
  const challenger = createRowChallenger();
  for (const [index, { row, scores }] of rows.entries()) {
    challenger.read(scores);
    for (const [j, one] of challengers.entries()) {
      const into = measured[j];
      if (into === undefined) continue;
      const logs = challenger.challenge(one);
      const { target, direct } = measureRow(row, logs, values[index] ?? noLogs);
      into.targetProbabilities[index] = target;
      into.directValues[index] = direct;
      into.divergences[index] = klDivergence(logs, scores.logPolicy);
    }
  }
  return measured;
}

function concatenate(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const array of arrays) {
    all.set(array, offset);
    offset += array.length;
  }
  return all;
}

const joinArrays = (targets: readonly TargetArrays[]): TargetArrays => ({
  targetProbabilities: concatenate(targets.map((target) => target.targetProbabilities)),
  directValues: concatenate(targets.map((target) => target.directValues)),
});

/** Σ_j w_j of both arrays: served probabilities are linear in π. */
function mixArrays(targets: readonly TargetArrays[], weights: readonly number[]): TargetArrays {
  const mix = (arrays: readonly Float64Array[]) =>
    (arrays[0] ?? noLogs).map((_, row) =>
      arrays.reduce((sum, array, j) => sum + (weights[j] ?? 0) * (array[row] ?? 0), 0),
    );
  return {
    targetProbabilities: mix(targets.map((target) => target.targetProbabilities)),
    directValues: mix(targets.map((target) => target.directValues)),
  };
}

/** A policy's arrays against the serving policy's, over all parts. */
function createComparison(parts: readonly MeasuredPart[]) {
  const rows = parts.flatMap((part) => part.rows);
  const values = parts.flatMap((part) => part.values);
  const { feedback, predictions } = loggedArrays(rows, values);
  const serving = joinArrays(parts.map((part) => part.serving));
  const compare = (candidate: TargetArrays): PairedDifference =>
    rows.length === 0
      ? noEvidence
      : pairedDifference({ feedback, predictions, serving, candidate, weightClip });
  const covary = (candidates: readonly TargetArrays[]): Float64Array =>
    rows.length === 0
      ? new Float64Array(candidates.length ** 2).fill(Number.POSITIVE_INFINITY)
      : differenceCovariance({ feedback, predictions, serving, candidates, weightClip });
  const uniformLogs = rows.map(({ scores: { logPolicy } }) =>
    new Float64Array(logPolicy.length).fill(-Math.log(logPolicy.length)),
  );
  return { serving, compare, covary, uniform: compare(targetArrays(rows, uniformLogs, values)) };
}

export const toContextRow = ({ row, scores }: ScoredRow<JudgedRow>): ContextRow => ({
  propensity: row.propensity,
  action: row.action,
  reward: row.reward,
  scores,
});

/**
 * All settings and *do nothing* on the same rows of feedback, as paired doubly robust differences to the serving policy
 * (docs/methods/mpo.md, step 2), cross-fitted: each part's challengers and control variate come from a critic that was
 * trained on none of its rows. Judging each by its own reward model would favour the one that believes most of itself.
 * @param random of the draws that weights are counted from
 */
export function judgeChallengers(
  parts: readonly MeasuredPart[],
  meta: MetaPolicyInput,
  random: RandomStream,
): Judgement {
  const { serving, compare, covary, uniform } = createComparison(parts);
  const challengers = (parts[0]?.challengers ?? []).map(({ setting }, j) => {
    const own = parts.flatMap((part) => part.challengers[j] ?? []);
    const divergences = concatenate(own.map((one) => one.divergences));
    const kl = divergences.reduce((sum, value) => sum + value, 0) / Math.max(1, divergences.length);
    return { setting, kl, target: joinArrays(own) };
  });
  const compared = challengers.map(({ setting, target }) => ({ setting, ...compare(target) }));
  // A serving policy that is no better than chance any more tells of a change.
  const proven = uniform.z < -provenDeviations;
  const unit = valueUnit(uniform.servingValue);
  const { state, weights, predictions, chosen } = learnFromJudged(
    meta,
    {
      settings: compared.map(({ setting }) => setting),
      differences: compared.map(({ difference }) => difference / unit),
      covariance: covary(challengers.map(({ target }) => target)).map((one) => one / unit ** 2),
    },
    { isSettled: proven, random },
  );
  const mixed = [doNothing, ...compared.map(({ setting }) => setting.name)].map(
    (name) => weights[name] ?? 0,
  );
  const targets = [serving, ...challengers.map(({ target }) => target)];
  const { difference, standardError } = compare(mixArrays(targets, mixed));
  const remembered = rememberContext(parts.flatMap(({ rows }) => rows).map(toContextRow), {
    servingValue: uniform.servingValue,
    uniformDifference: uniform.difference,
    chosenDifference: compared.find(({ setting }) => setting.name === chosen)?.difference ?? 0,
    memories: evenMemory.length,
  });
  return {
    settings: compared.map(({ setting, ...one }, j) => ({
      ...setting,
      kl: challengers[j]?.kl ?? 0,
      ...one,
      ...(predictions[j] ?? { predicted: 0, predictedDeviation: 0 }),
      weight: weights[setting.name] ?? 0,
    })),
    uniform,
    proven,
    difference,
    standardError,
    state: { ...state, remembered },
    chosen,
    weights,
  };
}
