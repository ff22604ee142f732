import {
  advantages,
  type ChallengerSetting,
  isImplausible,
  type RowScores,
  referenceLogs,
  solveTemperature,
  tilt,
} from "./challengers.ts";

/** Where a challenger may not go: D holds the mass on implausible candidates down. */
export interface Restraint {
  /** μ ≥ 0, in units of the reward model's spread at the state per logit of D below −2. */
  readonly strength: number;
  /** Mass of π_φ on candidates with D < −2, mean over states, at μ = 0 and at μ. */
  readonly massBefore: number;
  readonly massAfter: number;
}

/** Mass that a challenger may have on implausible candidates. */
const massLimit = 0.02;
/** A state whose candidates all are implausible can't be restrained, so that the limit may be out of reach. */
const largestStrength = 1024;
const bisections = 12;
const rounds = 2;

/** Mean mass of π_φ on implausible candidates, at a given η. */
function implausibleMass(
  states: readonly RowScores[],
  setting: ChallengerSetting,
  { temperature, strength }: { readonly temperature: number; readonly strength: number },
): number {
  let total = 0;
  for (const scores of states) {
    const reference = referenceLogs(scores.logPolicy, setting.proximity);
    const logs = tilt(reference, advantages(scores, setting, strength), temperature);
    for (const [a, logit] of scores.discriminator.entries())
      if (isImplausible(logit)) total += Math.exp(logs[a]!);
  }
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
 * η and μ of a setting: KL = ε, and the smallest μ that keeps the mass on candidates with D < −2 within 2 %. The two are
 * found in turns, μ last, so that the limit on the mass holds and the radius up to what the last turn of μ moves.
 * @param restrains whether D is good enough to restrain anything
 */
export function solveChallenger(
  states: readonly RowScores[],
  setting: ChallengerSetting,
  restrains: boolean,
): { readonly temperature: number; readonly restraint: Restraint } {
  const temperatureAt = (strength: number) =>
    solveTemperature(
      states.map((scores) => ({
        probabilities: referenceLogs(scores.logPolicy, setting.proximity).map(Math.exp),
        advantage: advantages(scores, setting, strength),
      })),
      setting.klRadius,
    );
  const massAt = (temperature: number) => (strength: number) =>
    implausibleMass(states, setting, { temperature, strength });
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
