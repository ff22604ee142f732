import type { ActivityFigures, UserActivity } from "../domain/activity.ts";
import { type ActivityMeasure, activityMeasures } from "../domain/activity-measure.ts";
import type { Measured } from "../domain/reward-series.ts";
import { studentInterval } from "./intervals/student.ts";

type Count = Exclude<keyof UserActivity, "userId" | "arm">;

/** Numerator and denominator of a user. */
const partsOf: Readonly<Record<ActivityMeasure, readonly [Count, Count]>> = {
  // Returns by time waited: sessions that nobody could have followed yet bias nothing.
  sessionsPerDay: ["returns", "waitedDays"],
  returnWithinDay: ["backWithinDay", "endedDayAgo"],
  returnWithinWeek: ["backWithinWeek", "endedWeekAgo"],
  sessionSeconds: ["seconds", "sessions"],
  sessionDecisions: ["decisions", "sessions"],
};

interface Ratio {
  readonly value: number;
  readonly standardError: number;
  readonly users: number;
}

/** Numerator and denominator of each user who tells of a measure. */
export function activityParts(
  users: readonly UserActivity[],
  measure: ActivityMeasure,
): readonly (readonly [number, number])[] {
  const [above, below] = partsOf[measure];
  return users.filter((user) => user[below] > 0).map((user) => [user[above], user[below]]);
}

/**
 * R = Σx/Σy over users, each a cluster; se² = n/(n−1) · Σ(x − R·y)² / (Σy)², the ratio estimator of Cochran 1977, 6.4.
 * @returns undefined for fewer than two users with a denominator
 */
function ratioOf(users: readonly UserActivity[], measure: ActivityMeasure): Ratio | undefined {
  const [above, below] = partsOf[measure];
  // Arrays of numbers: all users of a shop would keep a server's thread for tens of milliseconds as pairs.
  const [xs, ys] = [new Float64Array(users.length), new Float64Array(users.length)];
  let [count, sum, total, scatter] = [0, 0, 0, 0];
  for (const user of users) {
    const y = user[below];
    if (!(y > 0)) continue;
    const x = user[above];
    xs[count] = x;
    ys[count++] = y;
    sum += x;
    total += y;
  }
  if (count < 2) return undefined;
  const value = sum / total;
  for (let index = 0; index < count; index++) scatter += (xs[index]! - value * ys[index]!) ** 2;
  const standardError = Math.sqrt((count / (count - 1)) * scatter) / total;
  return { value, standardError, users: count };
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
