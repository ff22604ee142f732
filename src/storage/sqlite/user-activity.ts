import { arms } from "../../domain/decision.ts";
import { dayMs } from "../../domain/durations.ts";
import { userId } from "../../domain/ids.ts";
import type { DecisionStore } from "../decision-store.ts";
import { readMember, readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";

/** Parameters: scenario, from, to, gap of sessions in milliseconds. A session is the arm's of its first decision. */
const activity = `
WITH visits AS (
  SELECT user_id, arm, decided_at, sequence,
    decided_at - lag(decided_at) OVER by_time AS gap
  FROM decisions WHERE scenario = ?1 AND decided_at >= ?2 AND decided_at < ?3
  WINDOW by_time AS (PARTITION BY user_id ORDER BY decided_at, sequence)),
marked AS (
  SELECT *, gap IS NULL OR gap >= ?4 AS begins FROM visits),
numbered AS (
  SELECT *, sum(begins) OVER (PARTITION BY user_id ORDER BY decided_at, sequence) AS session
  FROM marked),
sessions AS (
  SELECT user_id, max(CASE WHEN begins THEN arm END) AS arm, min(decided_at) AS started,
    max(decided_at) AS ended, count(*) AS decisions
  FROM numbered GROUP BY user_id, session),
followed AS (
  SELECT *, lead(started) OVER (PARTITION BY user_id ORDER BY started) AS next FROM sessions)
SELECT user_id, arm, count(*) AS sessions, sum(decisions) AS decisions,
  sum(ended - started) / 1000.0 AS seconds, count(next) AS returns,
  sum(coalesce(next, ?3) - started) / ${dayMs}.0 AS waited_days,
  sum(ended + ${dayMs} <= ?3) AS ended_day, sum(ended + ${7 * dayMs} <= ?3) AS ended_week,
  total(ended + ${dayMs} <= ?3 AND next - ended < ${dayMs}) AS back_day,
  total(ended + ${7 * dayMs} <= ?3 AND next - ended < ${7 * dayMs}) AS back_week
FROM followed GROUP BY user_id, arm`;

const decode = (row: Row) => ({
  userId: userId(readText(row, "user_id")),
  arm: readMember(row, "arm", arms),
  sessions: readNumber(row, "sessions"),
  decisions: readNumber(row, "decisions"),
  seconds: readNumber(row, "seconds"),
  returns: readNumber(row, "returns"),
  waitedDays: readNumber(row, "waited_days"),
  endedDayAgo: readNumber(row, "ended_day"),
  backWithinDay: readNumber(row, "back_day"),
  endedWeekAgo: readNumber(row, "ended_week"),
  backWithinWeek: readNumber(row, "back_week"),
});

/** Sessions of users, by arm. */
export function createUserActivity(connection: Connection): Pick<DecisionStore, "userActivity"> {
  const statement = connection.prepare(activity);
  return {
    userActivity: async ({ scenario, from, to, sessionGapSeconds }) =>
      statement.all(scenario, from, to, 1000 * sessionGapSeconds).map(decode),
  };
}
