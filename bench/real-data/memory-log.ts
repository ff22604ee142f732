import type { DecisionLog, LogRow } from "../../src/analysis/off-policy/decision-log.ts";
import type { TargetPolicy } from "../../src/analysis/off-policy/target-policy.ts";

/** A log whose rows are at hand. Its lines count from 1. */
export const logOf = (file: string, rows: readonly Omit<LogRow, "line">[]): DecisionLog => ({
  file,
  format: "a published data set",
  async *read() {
    for (const [index, row] of rows.entries()) yield { line: index + 1, ...row };
  },
});

/** A target policy by the number of the row. */
export const targetOf = (
  name: string,
  probabilities: (row: number) => ArrayLike<number>,
): TargetPolicy => ({
  name,
  probabilities: ({ row }) => probabilities(row),
  close: async () => {},
});
