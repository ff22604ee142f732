import type { PolicySnapshot } from "../../domain/policy-snapshot.ts";
import type { DecisionLog, LogRow, MalformedRow } from "./decision-log.ts";

/**
 * A log without the decisions from before a policy was made. It was trained and chosen on some of those: on them it would look
 * better than it is.
 */
export function leaveOutSeen(
  log: DecisionLog,
  { version, createdAt }: Pick<PolicySnapshot, "version" | "createdAt">,
): DecisionLog {
  const made = new Date(createdAt).toISOString();
  const reason = `decided before policy ${version} was made, ${made}, so that it may have learnt from them`;
  const isSeen = (row: LogRow | MalformedRow) =>
    "decision" in row &&
    row.decision !== undefined &&
    Date.parse(row.decision.decidedAt) < createdAt;
  let rows = 0;
  return {
    ...log,
    get leftOut() {
      return { rows, reason };
    },
    async *read() {
      rows = 0;
      for await (const row of log.read()) {
        if (isSeen(row)) rows += 1;
        else yield row;
      }
    },
  };
}
