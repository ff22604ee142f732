import type { ChallengerSetting, Restraint } from "../domain/improvement-record.ts";
import { doNothing } from "./meta-policy.ts";
import { solveChallenger } from "./restraint.ts";
import { createRowChallenger } from "./row-challenger.ts";
import type { ScoredRow } from "./row-scores.ts";

export interface Challenger {
  readonly setting: ChallengerSetting;
  /** η. */
  readonly temperature: number;
  readonly restraint: Restraint;
}

/** @param states that temperatures are solved on; @param restrains whether D is good enough to restrain the challengers */
export function temper(
  scored: readonly Pick<ScoredRow, "scores">[],
  settings: readonly ChallengerSetting[],
  restrains: boolean,
): readonly Challenger[] {
  const states = scored.map(({ scores }) => scores);
  return settings.map((setting) => ({ setting, ...solveChallenger(states, setting, restrains) }));
}

/** Weight that changes no probability of a mixture by more than rounding does. */
const negligibleWeight = 1e-12;

/** w_j. @throws RangeError for a name that was not weighed */
export function weightOfSetting(weights: Readonly<Record<string, number>>, name: string): number {
  const weight = weights[name];
  if (weight === undefined) throw new RangeError(`no weight for the setting '${name}'`);
  return weight;
}

/** Makes log φ* of a row: Σ_j w_j π_φj, *do nothing* included. */
export const mixChallengers = (
  challengers: readonly Challenger[],
  weights: Readonly<Record<string, number>>,
): ((scored: Pick<ScoredRow, "scores">) => Float64Array) => {
  const row = createRowChallenger();
  const heavy = challengers
    .map((one) => ({ ...one, weight: weightOfSetting(weights, one.setting.name) }))
    .filter(({ weight }) => weight > negligibleWeight);
  const unmoved = weightOfSetting(weights, doNothing);
  return ({ scores }) => {
    row.read(scores);
    const mixed = new Float64Array(scores.logPolicy.length);
    const add = (logs: Float64Array, weight: number) => {
      for (let a = 0; a < mixed.length; a++) mixed[a]! += weight * Math.exp(logs[a]!);
    };
    add(scores.logPolicy, unmoved);
    for (const one of heavy) add(row.challenge(one), one.weight);
    return mixed.map(Math.log);
  };
};
