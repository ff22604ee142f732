import { priorStrength, type RewardMoments } from "./prior-strength.ts";

/** Of Bayesian regressions whose weights have one prior: sums over their events of features x and targets y. */
export interface RegressionMoments {
  /** |Σx·y|², summed over the regressions. */
  readonly targets: number;
  /** Σ|x|² */
  readonly trace: number;
  /** |Σx·xᵀ|², the squares of all entries, summed over the regressions. */
  readonly squares: number;
}

/** Events that the prior of a weight weighs as much as, for features of length about 1. */
export interface Priors {
  readonly head: number;
  /** Of an item that the policy was trained with. */
  readonly knownItem: number;
  readonly newItem: number;
  readonly user: number;
  readonly likeness: number;
}

export const usualPriors: Priors = { head: 5, knownItem: 15, newItem: 10, user: 15, likeness: 5 };

/** No evidence gives a prior more, or a change of tastes would be learnt too late. */
const mostEvents = 2000;

/** The usual priors, narrower for rare rewards. @param widest see `priorStrength` */
export function guessPriors(rewards: RewardMoments, widest: number): Priors {
  const strength = priorStrength(rewards, widest);
  const { head, knownItem, newItem, user, likeness } = usualPriors;
  return {
    head: strength * head,
    knownItem: strength * knownItem,
    newItem: strength * newItem,
    user: strength * user,
    likeness: strength * likeness,
  };
}

/**
 * σ²/τ², with τ² the variance of the weights: the mean of the guess and of what the events tell, weighted by precision. By moments E|Σx·y|² is
 * σ²·Σ|x|² + τ²·|Σx·xᵀ|² (MINQUE, Rao 1971), with a standard deviation of √2·σ²·|Σx·xᵀ| if the weights are 0. The guess has one of its own size.
 * @param known.noise σ² > 0
 * @param known.guess σ²/τ² before any event; that of the rarest rewards is above all that evidence gives
 * @param known.least of the widest prior
 */
function evidentPrior(
  { targets, trace, squares }: RegressionMoments,
  {
    noise,
    guess,
    least,
  }: { readonly noise: number; readonly guess: number; readonly least: number },
): number {
  const precisionOfGuess = (guess / noise) ** 2;
  const precision = squares / (2 * noise ** 2);
  const found = precision > 0 ? Math.max(0, (targets - noise * trace) / squares) : 0;
  const variance =
    ((precisionOfGuess * noise) / guess + precision * found) / (precisionOfGuess + precision);
  const events = noise / variance;
  return events > least ? Math.min(Math.max(mostEvents, guess), events) : least;
}

/** Of the parts of a model, its priors as wide as rewards show that the parts differ from 0; new items and likeness, which all events tell, keep the guess. */
export function evidentPriors(
  guess: Priors,
  noise: number,
  moments: {
    readonly head: RegressionMoments;
    readonly items: RegressionMoments;
    readonly users: RegressionMoments;
  },
): Priors {
  const of = (part: RegressionMoments, name: keyof Priors) =>
    evidentPrior(part, { noise, guess: guess[name], least: usualPriors[name] });
  return {
    head: of(moments.head, "head"),
    knownItem: of(moments.items, "knownItem"),
    newItem: guess.newItem,
    user: of(moments.users, "user"),
    likeness: guess.likeness,
  };
}
