import type { FastLoopMark } from "../domain/fast-loop.ts";
import type { UserId } from "../domain/ids.ts";
import type { RewardRule } from "../domain/scenario.ts";
import type { FoldedRow } from "../mpo/judged-row.ts";
import type { SlateRow } from "./slate-candidates.ts";

/** Place of a row in its session. */
export interface SessionStep {
  /** Mean reward of its positions, in [0, 1] as rewards are without a discount. */
  readonly decisionReward: number;
  /** The decision, and the next one of the session; absent at its end. Numbers of this reading. */
  readonly decision: number;
  readonly next?: number;
}

/** All that a fast loop's draw for a decision follows from, beside policy and record. */
export interface LoopMoment {
  readonly mark: FastLoopMark;
  readonly seed: number;
  /** Undefined of one who was served as a stranger. */
  readonly userId: UserId | undefined;
  /** Of its rewards. */
  readonly rule: RewardRule;
}

/** One position of one decision with its reward. */
export interface FeedbackRow extends SlateRow, FoldedRow {
  readonly candidates: SlateRow["candidates"];
  /** Present if the scenario has a discount. */
  readonly session?: SessionStep;
  /** Event number of the decision: encoders trained up to it are not judged by the row. */
  readonly sequence: number;
  /** An arm's policy changes while windows of the one before are open. */
  readonly policyVersion: number;
  /**
   * Whether the item was viewed, if the scenario has an event that says so. Others judge, but
   * train no critic.
   */
  readonly isViewed?: boolean;
  /** Of the decision, or of the one before it if it was made without; absent before the fast loop began, and of ads. */
  readonly loop?: LoopMoment;
  /** By the caps, its item leaves fewer candidates than those without it. */
  readonly fillsGroup?: boolean;
  /** Age in cycles' worth of decisions, 0 for the newest. */
  readonly age: number;
}
