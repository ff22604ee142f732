import type { Arm } from "../../domain/decision.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";
import type { ServingRule } from "../../domain/scenario.ts";
import { hashUniform } from "../../numeric/hash.ts";

interface Visitor {
  readonly scenario: string;
  readonly userId: string;
}

/** The baseline explores the minimum: it exists for comparison. */
export const explorationOf = (arm: Arm, assignment: Assignment, rule: ServingRule): number =>
  Math.max(rule.exploration, arm === "baseline" ? 0 : (assignment.exploration ?? 0));

/**
 * Drawn anew for each promotion, so that the effect of one on its users does not bias the test of
 * the next.
 */
const isHeldBack = (promoted: number, userId: string, share: number): boolean =>
  hashUniform(`holdback/${promoted}/${userId}`) < share;

/** A user stays in one arm of a scenario, so that slates do not change at random. */
export function chooseArm(
  assignment: Assignment,
  baselineShare: number,
  { scenario, userId }: Visitor,
): Arm {
  const { serving, canary, canaryShare, holdback, holdbackShare = 0 } = assignment;
  const bucket = hashUniform(`${scenario}/${userId}`);
  if (assignment.baseline !== undefined && bucket < baselineShare) return "baseline";
  const canaryEnd = baselineShare + canaryShare * (1 - baselineShare);
  if (canary !== undefined && bucket < canaryEnd) return "canary";
  if (holdback === undefined || serving === undefined) return "serving";
  return isHeldBack(serving, userId, holdbackShare) ? "holdback" : "serving";
}
