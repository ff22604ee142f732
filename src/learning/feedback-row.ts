import type { Arm } from "../domain/decision.ts";
import type { ItemView, PolicyState } from "../policy/policy.ts";

/**
 * `older`: an earlier cycle has read it, so every network may have seen it. `first`, `second`: halves of the new feedback by
 * user; what was trained on one is judged on the other.
 */
export type Fold = "older" | "first" | "second";

/** Where a row stands in its session. */
export interface SessionStep {
  /** Mean of what its positions earned, in [0, 1] as rewards are without a discount. */
  readonly decisionReward: number;
  /** The decision, and the next one of the session; absent at its end. Numbers of this reading. */
  readonly decision: number;
  readonly next?: number;
}

/** One position of one decision with its reward: a choice of `action` among the candidates that were left. */
export interface FeedbackRow {
  readonly state: PolicyState;
  /** Candidates that the positions before had left, K of them. */
  readonly candidates: readonly ItemView[];
  /** Index into the candidates. */
  readonly action: number;
  readonly position: number;
  /** p: logged probability of the action given the positions before, exploration included. */
  readonly propensity: number;
  /**
   * What is learned and judged. Default and clipping applied, mapped from the scenario's range to [0, 1]. With a discount
   * it is the decision's return: (1 − γ) times the discounted sum of the session's rewards from here on.
   */
  readonly reward: number;
  /** Present where the scenario has a discount. */
  readonly session?: SessionStep;
  readonly exploration: number;
  /** Index of the user: rows of one user are one cluster. */
  readonly user: number;
  readonly arm: Arm;
  /** Of the policy that made the choice: an arm's policy changes while windows of the one before are open. */
  readonly policyVersion: number;
  /**
   * None of the policies that are held against each other made the choice, but a draw of the fast loop or another version: its
   * propensity is known, those of the other candidates are not.
   */
  readonly isForeign?: boolean;
  /** Age in cycles' worth of decisions, 0 for the newest. */
  readonly age: number;
  readonly fold: Fold;
}

/** What judging reads of a row, whatever made it. */
export interface JudgedRow
  extends Pick<
    FeedbackRow,
    "action" | "propensity" | "reward" | "exploration" | "user" | "arm" | "isForeign"
  > {
  readonly candidates: readonly { readonly itemId: string }[];
}

/** π with the exploration floor, as it is served: (1 − ε)·π + ε/K. */
export const servedProbability = (
  probability: number,
  row: Pick<JudgedRow, "exploration" | "candidates">,
): number => (1 - row.exploration) * probability + row.exploration / row.candidates.length;

/** @param versions of the policies that are held against each other, by arm: what others made is foreign */
export const markForeign = <Row extends FeedbackRow>(
  rows: readonly Row[],
  versions: Readonly<Partial<Record<Arm, number | undefined>>>,
): readonly Row[] =>
  rows.map((row) => (row.policyVersion === versions[row.arm] ? row : { ...row, isForeign: true }));
