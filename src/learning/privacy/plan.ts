import type { DifferentialSettings } from "../../domain/privacy.ts";
import {
  addCurves,
  epsilonOf,
  leastNoiseFor,
  type RenyiCurve,
  renyiOf,
  repeatCurve,
} from "../../numeric/privacy/accountant.ts";

const steps = 40;
/** Costs of counts and of pairs beside that of the gradients, if all are small. */
const shares = { counts: 0.1, pairs: 4 };

/** Everything that a private training fixes before it looks at anybody. */
export interface PrivatePlan {
  readonly steps: number;
  readonly samplingRate: number;
  /** C: longest gradient of a user. */
  readonly clip: number;
  /** σ of a step, in units of C. */
  readonly noise: number;
  /** σ of counts and of pairs, in units of the longest contribution of a user. */
  readonly countsNoise: number;
  readonly pairsNoise: number;
}

/**
 * A step with sampling rate q and noise σ costs about α·q²/σ², a statistic of all users α/(2σ₀²): σ₀ = σ/(q·√(2·share·steps)) divides
 * the budget by shares. The account is exact whatever the division is.
 */
function planWith(noise: number, { samplingRate, clip }: DifferentialSettings): PrivatePlan {
  const noiseOf = (share: number) => noise / (samplingRate * Math.sqrt(2 * share * steps));
  return {
    steps,
    samplingRate,
    clip,
    noise,
    countsNoise: noiseOf(shares.counts),
    pairsNoise: noiseOf(shares.pairs),
  };
}

/** Cost of a training that ran so many of its steps. */
export function costOf(plan: PrivatePlan, ran: number): RenyiCurve {
  const { samplingRate, noise, countsNoise, pairsNoise } = plan;
  const once = (own: number) => renyiOf({ samplingRate: 1, noise: own, steps: 1 });
  const ofSteps = renyiOf({ samplingRate, noise, steps: ran });
  return addCurves(ofSteps, addCurves(once(countsNoise), once(pairsNoise)));
}

/** Noise of a step beyond which hardly anything is learnt. */
const mostUseful = 50;

interface SpentSoFar {
  readonly curve: RenyiCurve;
  readonly trainings: number;
}

/** Cost of all trainings up to the last one, if those that are left have this noise. */
function curveAt(noise: number, settings: DifferentialSettings, spent: SpentSoFar): RenyiCurve {
  const plan = planWith(noise, settings);
  const left = settings.trainings - spent.trainings;
  return addCurves(spent.curve, repeatCurve(costOf(plan, plan.steps), left));
}

/** Whether a training is left, and enough of the budget to learn anything in it. */
export const canTrain = (settings: DifferentialSettings, spent: SpentSoFar): boolean =>
  settings.trainings > spent.trainings &&
  epsilonOf(curveAt(mostUseful, settings, spent), settings.delta) <= settings.epsilon;

/**
 * The plan with the least noise with which the trainings that are left stay within ε and δ.
 *
 * @param spent by trainings before
 * @returns undefined if none is left, or nothing of the budget that is worth while
 */
export function planPrivately(
  settings: DifferentialSettings,
  spent: SpentSoFar,
): PrivatePlan | undefined {
  if (!canTrain(settings, spent)) return undefined;
  const noise = leastNoiseFor((own) => curveAt(own, settings, spent), settings);
  return planWith(noise, settings);
}
