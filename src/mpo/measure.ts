import type { JudgedRow } from "../learning/feedback-row.ts";
import type { ScoredRow } from "../learning/scored-row.ts";
import { type ChallengerSetting, klDivergence, rewardMoments } from "./challengers.ts";
import { doNothing } from "./meta-policy.ts";
import { type Restraint, solveChallenger } from "./restraint.ts";
import { createRowChallenger } from "./row-challenger.ts";
import { measureRow, noLogs, type TargetArrays, targetArrays } from "./target-arrays.ts";

/** States on which the temperature of a challenger is solved. */
const temperatureStates = 256;

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

/** @param restrains whether D is good enough to restrain the challengers */
export function temper(
  scored: readonly Pick<ScoredRow, "scores">[],
  settings: readonly ChallengerSetting[],
  restrains: boolean,
): readonly Challenger[] {
  const states = scored.slice(0, temperatureStates).map(({ scores }) => scores);
  return settings.map((setting) => ({ setting, ...solveChallenger(states, setting, restrains) }));
}

/** Weight that changes no probability of a mixture by more than rounding does. */
const negligibleWeight = 1e-12;

/** Makes log φ* of a row: Σ_j w_j π_φj, *do nothing* included. */
export const mixChallengers = (
  challengers: readonly Challenger[],
  weights: Readonly<Record<string, number>>,
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
