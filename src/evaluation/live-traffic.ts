/** (z at 97.5 % + z at 80 %)². */
const required = 7.84;

/** What a live comparison of two arms depends on. */
export interface LiveTraffic {
  /** Of a visit's reward, users as clusters. */
  readonly variance: number;
  /** True difference of the arms in a visit's reward. */
  readonly difference: number;
  /** Share of the users in one arm; the others are in the other. */
  readonly share: number;
}

/**
 * Visits of both arms after which a test of two samples finds the difference 4 times out of 5:
 * 7.84·σ²/(δ²·f·(1 − f)). For rewards of 0 and 1 at the rate p with a relative change d this is 7.84·(1 − p)/(p·d²·f·(1 − f)).
 * A confidence sequence, which may be looked at all the time, takes up to 2.5 times as many.
 */
export const visitsToFind = ({ variance, difference, share }: LiveTraffic): number =>
  (required * variance) / (difference ** 2 * share * (1 - share));

/** Hours of a day differ. */
const shortestDays = 1;
/** Longer than this a canary holds up all others. */
export const longestTrialDays = 28;
/**
 * The predicted lift within these bounds. Predictions are too high on average, and a larger true
 * lift is found long before the deadline of a smaller one.
 */
const lifts = { least: 0.05, most: 0.1 };
/** A confidence sequence takes up to this many times the visits of one test at the end. */
const sequencePrice = 2.5;

/** Visits of a scenario, and their rewards under the serving policy. */
export interface SiteTraffic {
  /** Of a visit's reward beyond that of a visit without an event. */
  readonly mean: number;
  readonly variance: number;
  readonly visitsPerDay: number;
}

export interface TrialSize {
  /** Share of the users in [0, 1]. */
  readonly share: number;
  /** Relative lift by the gate. */
  readonly predicted?: number | undefined;
}

/**
 * Days of a canary: 2.5 · 7.84·σ²/(δ²·f·(1 − f)) visits for its share f, within a day and four
 * weeks. Without traffic or rewards it has four weeks.
 */
export function trialDays(
  { mean, variance, visitsPerDay }: SiteTraffic,
  { share, predicted = lifts.least }: TrialSize,
): number {
  const lift = Math.min(lifts.most, Math.max(lifts.least, predicted));
  const visits = sequencePrice * visitsToFind({ variance, difference: lift * mean, share });
  const days = visits / visitsPerDay;
  return Number.isFinite(days)
    ? Math.max(shortestDays, Math.min(longestTrialDays, days))
    : longestTrialDays;
}

/**
 * Standard error of the difference at a canary's deadline by its plan, as a share of the mean: 2.3 % for a predicted lift of 10 %,
 * unless the deadline is that of four weeks, or of a day. Undefined without traffic or rewards.
 */
export function trialError(traffic: SiteTraffic, size: TrialSize): number | undefined {
  const { mean, variance, visitsPerDay } = traffic;
  const visits = trialDays(traffic, size) * visitsPerDay;
  const error = Math.sqrt(variance / (visits * size.share * (1 - size.share))) / Math.abs(mean);
  return Number.isFinite(error) && error > 0 ? error : undefined;
}
