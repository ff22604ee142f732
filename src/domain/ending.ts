import type { Verdict } from "./cycle-outcome.ts";
import type { GateRecord } from "./gate-record.ts";
import type { Assignment } from "./policy-snapshot.ts";

/** The end of a candidate: the gate's verdict, as far as the operator's mode allows it. */
export type Ending = Verdict | "waiting";

/** Modes in which nothing new gets traffic. */
const isStill = ({ mode }: Assignment): boolean => mode === "paused" || mode === "pinned";

/**
 * By the gate alone the canary would have taken over, and the candidate would be compared with it.
 */
const isCanaryWaiting = ({ canary, waiting }: Assignment) =>
  canary !== undefined && canary === waiting;

export function endingOf({ verdict }: GateRecord, assignment: Assignment): Ending {
  if (verdict !== "promote" && verdict !== "canary") return verdict;
  if (isStill(assignment)) return "hold";
  const isPromoted = verdict === "promote" && assignment.mode === undefined;
  if (isCanaryWaiting(assignment) && !isPromoted) return "hold";
  return verdict === "promote" && !isPromoted ? "waiting" : verdict;
}

/** The gate's sentence, after the reason that blocks its verdict. */
export function explainEnding(gate: GateRecord, assignment: Assignment): string {
  const ending = endingOf(gate, assignment);
  if (ending === gate.verdict) return gate.reason;
  const why =
    ending === "waiting"
      ? "Waits for approval"
      : isStill(assignment)
        ? `Held, because promotions are ${assignment.mode}`
        : `Held, because canary ${assignment.canary} waits for approval`;
  return `${why}; the gate said: ${gate.reason}`;
}
