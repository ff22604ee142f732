import type { CheckedPart } from "./censored-difference.ts";
import type { FeedbackPair } from "./feedback-pair.ts";
import type { ModelledFeedback } from "./logged-feedback.ts";

/** The rows of all other users. The user keeps a number, so the count of users stays. */
export function leaveOutUser(
  { serving, candidate, rowWeights }: FeedbackPair,
  { mass, values, uniformWeights, positions }: CheckedPart,
  user: number,
): { readonly pair: FeedbackPair; readonly checked: CheckedPart } {
  const { index, count } = serving.clusters;
  const isOther = (_: number, row: number) => index[row] !== user;
  const keep = (column: Float64Array) => column.filter(isOther);
  const clusters = { index: index.filter(isOther), count };
  const keepRows = (rows: ModelledFeedback): ModelledFeedback => ({
    rewards: keep(rows.rewards),
    importanceWeights: keep(rows.importanceWeights),
    directValues: keep(rows.directValues),
    predictions: keep(rows.predictions),
    clusters,
  });
  return {
    pair: {
      serving: keepRows(serving),
      candidate: keepRows(candidate),
      rowWeights: {
        difference: keep(rowWeights.difference),
        serving: keep(rowWeights.serving),
      },
    },
    checked: {
      mass: keep(mass),
      values: keep(values),
      uniformWeights: keep(uniformWeights),
      ...(positions && { positions: positions.filter(isOther) }),
    },
  };
}
