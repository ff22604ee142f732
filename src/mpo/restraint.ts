import type { ChallengerSetting, Restraint } from "../domain/improvement-record.ts";
import {
  advantages,
  isImplausible,
  referenceLogs,
  solveTemperature,
  tiltedMass,
} from "./challengers.ts";
import type { RowScores } from "./row-scores.ts";

/** Mass that a challenger may have on implausible candidates. */
const massLimit = 0.02;
/** A state whose candidates all are implausible can't be restrained, so that the limit may be out of reach. */
const largestStrength = 1024;
const bisections = 12;
const rounds = 2;

/** A state under one setting: its advantages are linear in μ, so that a search over μ and η computes the rest once. */
interface PreparedState {
  /** π_ref^ρ, normalised. */
  readonly probabilities: Float64Array;
  /** At μ = 0, and the increase for each μ. */
  readonly free: Float64Array;
  readonly slope: Float64Array;
  readonly implausible: readonly number[];
  /** At the μ that was set last. */
  readonly advantage: Float64Array;
}

function prepareState(scores: RowScores, setting: ChallengerSetting): PreparedState {
  const free = advantages(scores, setting, 0);
  const restrained = advantages(scores, setting, 1);
  return {
    probabilities: referenceLogs(scores.logPolicy, setting.proximity).map(Math.exp),
    free,
    slope: restrained.map((value, a) => value - free[a]!),
    implausible: [...scores.discriminator.keys()].filter((a) =>
      isImplausible(scores.discriminator[a]!),
    ),
    advantage: free.slice(),
  };
}

function setStrength(states: readonly PreparedState[], strength: number): void {
  for (const { free, slope, advantage } of states)
    for (let a = 0; a < advantage.length; a++) advantage[a] = free[a]! + strength * slope[a]!;
}

/** Mean mass of π_φ on implausible candidates at the μ that is set. */
function implausibleMass(states: readonly PreparedState[], temperature: number): number {
  let total = 0;
  for (const state of states)
    if (state.implausible.length > 0) total += tiltedMass(state, temperature, state.implausible);
  return total / Math.max(1, states.length);
}

/** Smallest μ at which the mass is within the limit: it falls as μ grows. */
function smallestStrength(massAt: (strength: number) => number): number {
  if (massAt(0) <= massLimit) return 0;
  let [low, high] = [0, 1];
  while (high < largestStrength && massAt(high) > massLimit) [low, high] = [high, 2 * high];
  for (let step = 0; step < bisections; step++) {
    const middle = (low + high) / 2;
    if (massAt(middle) > massLimit) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * η and μ of a setting: KL = ε, and the smallest μ that keeps the mass on candidates with D < −2
 * within 2 %. The two are found in turns, μ last, so the limit on the mass holds, and the radius up
 * to the effect of the last turn of μ.
 * @param restrains whether D is good enough to restrain anything
 */
export function solveChallenger(
  states: readonly RowScores[],
  setting: ChallengerSetting,
  restrains: boolean,
): { readonly temperature: number; readonly restraint: Restraint } {
  const prepared = states.map((scores) => prepareState(scores, setting));
  const temperatureAt = (strength: number) => {
    setStrength(prepared, strength);
    return solveTemperature(prepared, setting.klRadius);
  };
  const massAt = (temperature: number) => (strength: number) => {
    setStrength(prepared, strength);
    return implausibleMass(prepared, temperature);
  };
  let temperature = temperatureAt(0);
  const massBefore = massAt(temperature)(0);
  if (!restrains || massBefore <= massLimit)
    return { temperature, restraint: { strength: 0, massBefore, massAfter: massBefore } };
  let strength = smallestStrength(massAt(temperature));
  for (let round = 0; round < rounds; round++) {
    temperature = temperatureAt(strength);
    strength = smallestStrength(massAt(temperature));
  }
  return {
    temperature,
    restraint: { strength, massBefore, massAfter: massAt(temperature)(strength) },
  };
}
