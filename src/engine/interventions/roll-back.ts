import { EngineError } from "../../domain/errors.ts";
import type { Assignment, PolicySnapshot } from "../../domain/policy-snapshot.ts";
import { mark, retireCandidates, retireHoldback, withoutRivals } from "../../domain/take-over.ts";
import type { RollBackInput } from "../input/input.ts";
import { applyStep, refuseForgotten, type Scene } from "./step.ts";

function refusePinned(scenario: string, { mode, serving }: Assignment): void {
  if (mode !== "pinned") return;
  const message = `policy ${serving} of scenario ${scenario} is pinned; pin another version, or resume promotions and roll back then`;
  throw new EngineError("conflict", message, { details: { scenario, serving } });
}

/** A retry, or the second of two operators, would go back twice. */
function refuseReplaced(scenario: string, expected: number | undefined, { serving }: Assignment) {
  if (expected === undefined || expected === serving) return;
  const message = `policy ${expected} of scenario ${scenario} serves no longer: policy ${serving} does; look at the present state and decide again`;
  throw new EngineError("conflict", message, { details: { scenario, serving } });
}

async function findPolicies({ store, scenario }: Scene, { serving }: Assignment) {
  const current = serving === undefined ? undefined : await store.policies.find(serving);
  const parent =
    current?.parent === undefined ? undefined : await store.policies.find(current.parent);
  if (current !== undefined && parent !== undefined) return { current, parent };
  throw new EngineError(
    "conflict",
    `scenario ${scenario} serves its first policy: there is none to go back to`,
    { details: { scenario, serving } },
  );
}

/**
 * Puts the parent of the serving policy back; the serving one becomes `rolled-back`.
 * @throws conflict
 */
export async function rollBack(
  scene: Scene,
  { serving, ...note }: RollBackInput = {},
): Promise<PolicySnapshot> {
  const replaces = await scene.store.policies.assignment(scene.scenario);
  refuseReplaced(scene.scenario, serving, replaces);
  refusePinned(scene.scenario, replaces);
  const { current, parent } = await findPolicies(scene, replaces);
  await refuseForgotten(scene, parent.version);
  const step = {
    assignment: { ...withoutRivals(replaces), serving: parent.version },
    statuses: [
      ...mark(current.version, "rolled-back"),
      ...retireHoldback(replaces),
      ...retireCandidates(replaces),
      ...mark(parent.version, "serving"),
    ],
    version: parent.version,
    replaced: current.version,
  };
  await applyStep(scene, step, { kind: "roll-back", note, replaces });
  return { ...parent, status: "serving" };
}
