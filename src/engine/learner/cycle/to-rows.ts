import { normaliseReward, wasViewed } from "../../../domain/reward-rule.ts";
import type { RewardRule, SlateReward } from "../../../domain/scenario.ts";
import type { FeedbackRow } from "../../../learning/feedback-row.ts";
import type { ItemView } from "../../../policy/policy.ts";
import type { ReadDecision, SessionDecision } from "./session-returns.ts";

/** Fields that the rows of one decision share. */
export interface RowContext extends Pick<FeedbackRow, "state" | "user" | "age" | "fold"> {
  readonly rule: RewardRule;
  readonly slateReward: SlateReward;
  readonly views: readonly ItemView[];
}

/**
 * A row for each position, among the candidates that the positions before had left, down to the
 * first item outside the candidates: a decision changed by hand must not stop the loop.
 */
export function toRows(
  { feedback, ahead }: ReadDecision<SessionDecision>,
  { rule, slateReward, views, ...common }: RowContext,
): FeedbackRow[] {
  const { decision, rewards } = feedback;
  const rows: FeedbackRow[] = [];
  let left = views;
  for (const [position, itemId] of decision.slate.entries()) {
    const candidates = left;
    const action = candidates.findIndex((view) => view.itemId === itemId);
    if (action < 0) break;
    // Rows of one candidate less cost an array each: the last position leaves no candidate.
    if (position < decision.slate.length - 1)
      left = candidates.filter((_, index) => index !== action);
    const isViewed = wasViewed(feedback, position);
    rows.push({
      ...common,
      candidates,
      slateCandidates: views,
      action,
      position,
      propensity: decision.positionPropensities[position] ?? 0,
      reward: ahead?.value ?? normaliseReward(rewards[position], rule),
      ...(ahead && { session: ahead.step }),
      ...(isViewed !== undefined && { isViewed }),
      exploration: decision.exploration,
      arm: decision.arm,
      policyVersion: decision.policyVersion,
      sequence: feedback.sequence,
      ...(decision.fastLoop && { isForeign: true }),
      // Of more items than may be candidates the uniform slice draws its own.
      ...(decision.arm === "uniform" && decision.retriever !== undefined && { trainsOnly: true }),
      ...(slateReward === "cascade" && { isCascade: true }),
    });
  }
  return rows;
}
