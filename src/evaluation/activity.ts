import type { ActivityFigures, UserActivity } from "../domain/activity.ts";
import { type ActivityMeasure, activityMeasures } from "../domain/activity-measure.ts";
import type { Measured } from "../domain/reward-series.ts";
import { studentInterval } from "./intervals/student.ts";

/** Numerator and denominator of a user. */
const partsOf: Readonly<
  Record<ActivityMeasure, (user: UserActivity) => readonly [number, number]>
> = {
  // Returns by time waited: sessions that nobody could have followed yet bias nothing.
  sessionsPerDay: (user) => [user.returns, user.waitedDays],
  returnWithinDay: (user) => [user.backWithinDay, user.endedDayAgo],
  returnWithinWeek: (user) => [user.backWithinWeek, user.endedWeekAgo],
  sessionSeconds: (user) => [user.seconds, user.sessions],
  sessionDecisions: (user) => [user.decisions, user.sessions],
};

interface Ratio {
  readonly value: number;
  readonly standardError: number;
  readonly users: number;
}

/** Numerator and denominator of each user who tells of a measure. */
export const activityParts = (
  users: readonly UserActivity[],
  measure: ActivityMeasure,
): readonly (readonly [number, number])[] =>
  users.map(partsOf[measure]).filter(([, below]) => below > 0);

/**
 * R = Σx/Σy over users, each a cluster; se² = n/(n−1) · Σ(x − R·y)² / (Σy)², the ratio estimator of Cochran 1977, 6.4.
 * @returns undefined for fewer than two users with a denominator
 */
function ratioOf(users: readonly UserActivity[], measure: ActivityMeasure): Ratio | undefined {
  const parts = activityParts(users, measure);
  if (parts.length < 2) return undefined;
  const total = parts.reduce((sum, [, below]) => sum + below, 0);
  const value = parts.reduce((sum, [above]) => sum + above, 0) / total;
  const scatter = parts.reduce((sum, [above, below]) => sum + (above - value * below) ** 2, 0);
  const correction = parts.length / (parts.length - 1);
  return { value, standardError: Math.sqrt(correction * scatter) / total, users: parts.length };
}

function toMeasured(value: number, standardError: number, degreesOfFreedom: number): Measured {
  const { lower, upper } = studentInterval({ value, standardError, degreesOfFreedom });
  return { value, interval: [lower, upper] };
}

const collect = (figure: (measure: ActivityMeasure) => Measured | undefined): ActivityFigures =>
  Object.fromEntries(
    activityMeasures.flatMap((measure) => {
      const found = figure(measure);
      return found === undefined ? [] : [[measure, found]];
    }),
  );

/** Activity of users with 95 % intervals, users as clusters. @param users of one arm */
export const measureActivity = (users: readonly UserActivity[]): ActivityFigures =>
  collect((measure) => {
    const ratio = ratioOf(users, measure);
    return ratio && toMeasured(ratio.value, ratio.standardError, ratio.users - 1);
  });

/**
 * Activity of users minus that of others, who are taken as independent of them: figures of guards beside the reward.
 * @param users of one arm
 * @param others of the arm that it is set against
 */
export const compareActivity = (
  users: readonly UserActivity[],
  others: readonly UserActivity[],
): ActivityFigures =>
  collect((measure) => {
    const own = ratioOf(users, measure);
    const other = ratioOf(others, measure);
    if (own === undefined || other === undefined) return undefined;
    const error = Math.hypot(own.standardError, other.standardError);
    return toMeasured(own.value - other.value, error, Math.min(own.users, other.users) - 1);
  });
