import type { Arm } from "../domain/decision.ts";
import type { FoldedRow } from "../mpo/judged-row.ts";
import type { ItemView, PolicyState } from "../policy/policy.ts";

/** Place of a row in its session. */
export interface SessionStep {
  /** Mean reward of its positions, in [0, 1] as rewards are without a discount. */
  readonly decisionReward: number;
  /** The decision, and the next one of the session; absent at its end. Numbers of this reading. */
  readonly decision: number;
  readonly next?: number;
}

/** One position of one decision with its reward. */
export interface FeedbackRow extends FoldedRow {
  readonly state: PolicyState;
  readonly candidates: readonly ItemView[];
  /** Present if the scenario has a discount. */
  readonly session?: SessionStep;
  /** Of the policy that made the choice: an arm's policy changes while windows of the one before are open. */
  readonly policyVersion: number;
  /**
   * Whether the item was viewed, if the scenario has an event that says so. Others judge, but
   * train no critic.
   */
  readonly isViewed?: boolean;
  /** Age in cycles' worth of decisions, 0 for the newest. */
  readonly age: number;
}

/** @param versions of the policies that are compared, by arm: other policies' rows are foreign */
export const markForeign = <Row extends Pick<FeedbackRow, "arm" | "policyVersion">>(
  rows: readonly Row[],
  versions: Readonly<Partial<Record<Arm, number | undefined>>>,
): readonly Row[] =>
  rows.map((row) => (row.policyVersion === versions[row.arm] ? row : { ...row, isForeign: true }));
