import type { ArmActivity } from "../domain/activity.ts";
import type { Arm } from "../domain/decision.ts";

export type { ActivityFigures, ArmActivity } from "../domain/activity.ts";
export type { ActivityMeasure } from "../domain/activity-measure.ts";

/** The scenario and first time of a view of activity, and the arm that others are set against. */
export interface ActivityQuery {
  /** Default: the first scenario of the configuration. */
  readonly scenario?: string;
  /** Decisions from this time on; default 28 days back. */
  readonly since?: string;
  /** Default: baseline. */
  readonly against?: Arm;
}

/**
 * Sessions a day, returns and length of sessions by arm, with 95 % intervals over users. Decisions of a user less apart than
 * the scenario's `sessionGapSeconds` are a session.
 */
export interface ActivityResponse {
  readonly scenario: string;
  readonly from: string;
  readonly to: string;
  readonly against: Arm;
  readonly arms: readonly ArmActivity[];
}
