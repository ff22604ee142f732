import type { Arm } from "../../domain/decision.ts";
import type { FastLoopMark } from "../../domain/fast-loop.ts";
import { type Assignment, triesRetriever, uniformVersion } from "../../domain/policy-snapshot.ts";
import type { ServingRule } from "../../domain/scenario.ts";
import { hashUniform } from "../../numeric/hash.ts";

interface Visitor {
  readonly scenario: string;
  readonly userId: string;
}

/** The baseline explores the minimum: it exists for comparison. @param answer.mark of the fast loop that the slate is drawn with */
export function explorationOf(
  { arm, mark }: { readonly arm: Arm; readonly mark?: FastLoopMark | undefined },
  assignment: Assignment,
  { exploration, loopExploration }: Pick<ServingRule, "exploration" | "loopExploration">,
): number {
  if (mark && loopExploration !== undefined) return loopExploration;
  return Math.max(exploration, arm === "baseline" ? 0 : (assignment.exploration ?? 0));
}

/** The policy that answers an arm's users. */
export const versionOf = (arm: Arm, assignment: Assignment): number | undefined =>
  arm === "uniform" ? uniformVersion : assignment[arm];

/**
 * Drawn anew for each policy or retriever that is tried, so that the effect of one on its users does not bias the test of the
 * next.
 */
const isDrawn = (arm: Arm, tried: number | string, userId: string, share: number): boolean =>
  hashUniform(`${arm}/${tried}/${userId}`) < share;

/** A user stays in one arm of a scenario, so that slates do not change at random. */
export function chooseArm(
  assignment: Assignment,
  { baselineShare, uniformShare }: Pick<ServingRule, "baselineShare" | "uniformShare">,
  { scenario, userId }: Visitor,
): Arm {
  const { serving, baseline, anchor, anchorShare = 0, canary, canaryShare } = assignment;
  const { holdback, holdbackShare = 0 } = assignment;
  const bucket = hashUniform(`${scenario}/${userId}`);
  if (baseline !== undefined && bucket < baselineShare) return "baseline";
  if (uniformShare !== undefined && bucket >= 1 - uniformShare) return "uniform";
  if (anchor !== undefined && isDrawn("anchor", anchor, userId, anchorShare)) return "anchor";
  if (canary !== undefined) {
    // Rules from before the uniform share drew the same users for every canary.
    const isOne =
      uniformShare === undefined
        ? bucket < baselineShare + canaryShare * (1 - baselineShare)
        : isDrawn("canary", canary, userId, canaryShare);
    if (isOne) return "canary";
  }
  if (holdback === undefined || serving === undefined) return "serving";
  const tried = triesRetriever(assignment) ? `retriever ${serving}` : serving;
  return isDrawn("holdback", tried, userId, holdbackShare) ? "holdback" : "serving";
}
