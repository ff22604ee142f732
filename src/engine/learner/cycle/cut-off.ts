import type { FeedbackRow } from "../../../learning/feedback-row.ts";
import type { Network } from "../../../policy/network.ts";

/** Event number up to which the encoders of networks were trained; 0 without an encoder. */
export const cutOffOf = (...networks: readonly Network[]): number =>
  Math.max(0, ...networks.map(({ encoder }) => encoder?.model.throughSequence ?? 0));

/**
 * Rows for models on an encoder: it may have been trained on the clicks of decisions up to its
 * cut-off, so these train, and judge nothing.
 */
export const judgeAfter = (rows: readonly FeedbackRow[], cutOff: number): readonly FeedbackRow[] =>
  rows.map((row) => (row.sequence > cutOff ? row : { ...row, fold: "older" as const }));
