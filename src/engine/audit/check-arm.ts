import type { Arm, Decision } from "../../domain/decision.ts";
import { type Assignment, uniformVersion } from "../../domain/policy-snapshot.ts";
import type { ServingRule } from "../../domain/scenario.ts";
import type { Store } from "../../storage/store.ts";
import { chooseArm, explorationOf, versionOf } from "../serving/choose-arm.ts";
import type { LogitDeriver } from "./derive-logits.ts";

/** Arms with their versions that may answer, the user's own first, the others if those before can't. */
function answersOf(assignment: Assignment, rule: ServingRule, decision: Decision) {
  const chosen = chooseArm(assignment, rule, decision);
  const answers: readonly (readonly [Arm, number | undefined])[] = [
    [chosen, versionOf(chosen, assignment)],
    ["baseline", assignment.baseline],
    ["baseline", uniformVersion],
  ];
  return answers.flatMap(([arm, version]) => (version === undefined ? [] : [{ arm, version }]));
}

const canAnswer = (deriver: LogitDeriver, version: number, decision: Decision) =>
  deriver.derive(version, decision).then(
    (logits) => logits.every(Number.isFinite),
    () => false,
  );

/** Empty if the arm was derived and is the logged one. */
export interface ArmCheck {
  /** The record does not suffice. */
  readonly isArmUnknown?: true;
  readonly problem?: string;
}

/**
 * Derives arm, policy version and exploration of a decision from the assignment of its moment.
 * Another arm's answer is derived if the policies before it can't answer now either; a failure that
 * has passed is not in the record.
 */
export async function checkArm(
  { store, deriver }: { readonly store: Store; readonly deriver: LogitDeriver },
  decision: Decision,
): Promise<ArmCheck> {
  const { servingRule: rule, arm, policyVersion, exploration, scenario, asOf } = decision;
  if (rule === undefined) return { isArmUnknown: true };
  const assignment = await store.policies.assignment(scenario, asOf);
  const answers = answersOf(assignment, rule, decision);
  const place = answers.findIndex((one) => one.arm === arm && one.version === policyVersion);
  const [own] = answers;
  if (place < 0) {
    return {
      problem: `user '${decision.userId}' belongs to arm ${own?.arm} of policy version ${own?.version}, not to ${arm} of ${policyVersion}: the row was changed`,
    };
  }
  const expected = explorationOf({ arm, mark: decision.fastLoop }, assignment, rule);
  if (exploration !== expected) {
    return {
      problem: `exploration was ${expected} and not ${exploration}: the row was changed`,
    };
  }
  const before = answers.slice(0, place);
  const able = await Promise.all(
    before.map(({ version }) => canAnswer(deriver, version, decision)),
  );
  return able.includes(true) ? { isArmUnknown: true } : {};
}
