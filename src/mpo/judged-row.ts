import type { Arm } from "../domain/decision.ts";
import type { PrefixRules } from "../domain/prefix-rules.ts";

/**
 * `older`: an earlier cycle has read it, so every model may have seen it. `first`, `second`: halves
 * of the new feedback by user; models trained on one are judged on the other.
 */
export type Fold = "older" | "first" | "second";

/**
 * Fields of a feedback row that judging reads, for any logging policy: a choice of `action` among K
 * candidates, with its reward. Caps and diversity are those of the slate, on the candidates of position 0.
 */
export interface JudgedRow extends PrefixRules {
  /** Candidates that the positions before had left, K of them. */
  readonly candidates: readonly { readonly itemId: string }[];
  /** Index into the candidates. */
  readonly action: number;
  /** Place in the slate, 0 at the top, among those that no rule fills; the rows of a slate follow each other. */
  readonly position: number;
  /** Place where it was shown, if items are pinned above it; else the position. */
  readonly shownAt?: number;
  /** Positions that were asked for, if these caps ended the slate before. */
  readonly asked?: number;
  /** p: logged probability of the action given the positions before, exploration included. */
  readonly propensity: number;
  /** The learned and judged value, in [0, 1]; with a discount it is the decision's return. */
  readonly reward: number;
  /** ε of the floor with which the choice was made. */
  readonly exploration: number;
  /** Index of the user: rows of one user are one cluster. */
  readonly user: number;
  readonly arm: Arm;
  /** Version of the policy that made the choice: rows of one are a stratum. Absent in a laboratory, where each arm is one. */
  readonly policyVersion?: number;
  /** log π of the candidates under the policy that made the choice, if that is not the serving policy. */
  readonly loggingLogs?: Float64Array;
  /** `loggingLogs` are those of the serving policy's own fast loop: a row of the serving policy. */
  readonly isOwnDraw?: boolean;
  /** A draw of the fast loop made the choice, and can't be derived: its propensity is known, those of the other candidates are not. */
  readonly isForeign?: boolean;
  /** By guard test, whether its item had such an event: 1 or 0, NaN if its user is of another segment. Absent without guard metrics. */
  readonly outcomes?: Float64Array;
  /** It judges nothing: the policy that made the choice is gone, or it chose from other candidates than the serving policy would. */
  readonly trainsOnly?: boolean;
  /** Earlier items of the slate change its reward: it is weighed by the whole prefix, not by its item and position. */
  readonly isCascade?: boolean;
}

/** Has the candidates of its whole slate, of which the rows below it have the same state and what is left. */
export const isFirst = ({ position }: Pick<JudgedRow, "position">): boolean => position === 0;

/** A row that an improvement learns from or is judged on. */
export interface FoldedRow extends JudgedRow {
  readonly fold: Fold;
}

/** π with the exploration floor, as it is served: (1 − ε)·π + ε/K. */
export const servedProbability = (
  probability: number,
  row: Pick<JudgedRow, "exploration" | "candidates">,
): number => (1 - row.exploration) * probability + row.exploration / row.candidates.length;
