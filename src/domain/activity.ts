import type { ActivityMeasure } from "./activity-measure.ts";
import type { Arm } from "./decision.ts";
import type { UserId } from "./ids.ts";
import type { Measured } from "./reward-series.ts";

/** Sessions of one user that began in one arm, within a span of time that ends at its `to`. */
export interface UserActivity {
  readonly userId: UserId;
  readonly arm: Arm;
  readonly sessions: number;
  readonly decisions: number;
  /** From a session's first decision to its last, summed. */
  readonly seconds: number;
  /** Sessions that another one followed. */
  readonly returns: number;
  /** From a session's start to that of the next one, or the end of the span, summed. */
  readonly waitedDays: number;
  /** Sessions that ended a day, or a week, before the end of the span, and those of them that another one followed by then. */
  readonly endedDayAgo: number;
  readonly backWithinDay: number;
  readonly endedWeekAgo: number;
  readonly backWithinWeek: number;
}

/** With 95 % intervals over users; one that fewer than two users tell of is absent. */
export type ActivityFigures = Readonly<Partial<Record<ActivityMeasure, Measured>>>;

/** Activity of an arm's users. */
export interface ArmActivity {
  readonly arm: Arm;
  readonly users: number;
  readonly sessions: number;
  readonly figures: ActivityFigures;
  /** The arm's figures minus those of the arm that it is set against; absent for that one. */
  readonly difference?: ActivityFigures;
}
