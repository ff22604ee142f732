import type { Verdict } from "./cycle-outcome.ts";
import type { GateRecord } from "./gate-record.ts";
import type { Assignment } from "./policy-snapshot.ts";

/** The end of a candidate: the gate's verdict, as far as operator, canary and earlier promotions allow it. */
export type Ending = Verdict | "waiting";

/** What a verdict meets. */
export interface Standing {
  readonly assignment: Assignment;
  /** Reason why only live rewards may promote; absent if the gate may. */
  readonly onlyLive?: string;
  /** Reason why nothing becomes a canary; absent if it may. */
  readonly noCanary?: string;
  /** Sentence about a serving policy that the baseline beats on live rewards; absent if it does not. */
  readonly beaten?: string;
  /** Sentence about a serving policy that a change of tastes made worthless: the loop starts again. Absent if there is none. */
  readonly collapsed?: string;
}

/** Modes in which nothing new gets traffic. */
const isStill = ({ mode }: Assignment): boolean => mode === "paused" || mode === "pinned";

export function endingOf(
  { verdict }: GateRecord,
  { assignment, onlyLive, noCanary, collapsed }: Standing,
): Ending {
  if (verdict !== "promote" && verdict !== "canary") return verdict;
  if (isStill(assignment) || collapsed !== undefined) return "hold";
  const { mode, canary, waiting } = assignment;
  if (verdict === "canary" || onlyLive !== undefined)
    return canary === undefined && noCanary === undefined ? "canary" : "hold";
  if (mode === undefined) return "promote";
  // The canary would have taken over, and the candidate would be compared with it.
  return canary !== undefined && canary === waiting ? "hold" : "waiting";
}

function whyNot(ending: Ending, { assignment, onlyLive, noCanary, collapsed }: Standing): string {
  const { mode, canary, waiting } = assignment;
  if (ending === "waiting") return "Waits for approval";
  if (ending === "canary") return `A canary first, because ${onlyLive}`;
  if (isStill(assignment)) return `Held, because promotions are ${mode}`;
  if (collapsed !== undefined) return "Held, because the loop starts again";
  if (canary === undefined) return `Held, because ${noCanary}`;
  const does = canary === waiting ? "waits for approval" : "is not decided yet";
  return `Held, because canary ${canary} ${does}`;
}

/** The gate's sentence, after the reason that blocks its verdict. */
export function explainEnding(gate: GateRecord, standing: Standing): string {
  const ending = endingOf(gate, standing);
  return ending === gate.verdict
    ? gate.reason
    : `${whyNot(ending, standing)}; the gate said: ${gate.reason}`;
}

/** Reason of `noCanary` beside a policy that is alike for all users: each cycle puts a newer popularity in its place, which a trial would hold up. */
export const popularityFirst = "popularity serves, and is renewed by each cycle";
/** The same if a new encoder is to be trained: candidates would take its turn without end. */
export const encoderFirst = "a new encoder is tried first";
/** The same beside a policy that the baseline beats. */
export const beatenFirst = "popularity serves in place of the policy that it beats first";
/** Sentence about the policy without training that serves from now on. */
export const tellStart = ({ collapsed }: Pick<Standing, "collapsed">): string =>
  collapsed === undefined
    ? "Popularity serves until a trained policy is proven better."
    : "The loop starts again: every candidate is equally likely, and earlier feedback trains no more.";

/** Whether nothing takes over from the serving policy, or is compared with it live: such a policy must stay, unless it is beaten or has collapsed. */
export function leavesServing(gate: GateRecord, standing: Standing): boolean {
  const { assignment, beaten, collapsed } = standing;
  if (isStill(assignment)) return false;
  if (collapsed !== undefined) return true;
  const ending = endingOf(gate, standing);
  const isCompared = beaten === undefined && assignment.canary !== undefined;
  if (isCompared || assignment.waiting !== undefined) return false;
  return ending === "hold" || ending === "not-enough-data";
}
