import type { ModeRequest } from "../../contract/interventions.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Intervention } from "../../domain/intervention.ts";
import type { Promotion } from "../../domain/policy-evidence.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";
import {
  mark,
  retireCandidates,
  retireHoldback,
  takeOver,
  withoutRivals,
} from "../../domain/take-over.ts";
import type { InterventionInput } from "../input/input.ts";
import { applyStep, getServable, type Scene, type Step } from "./step.ts";

function changeMode({ kind }: ModeRequest, { mode: _, ...rest }: Assignment): Step {
  const mode = { pause: "paused", ask: "ask", resume: undefined } as const;
  const chosen = mode[kind];
  return { assignment: { ...rest, ...(chosen && { mode: chosen }) }, statuses: [] };
}

/** All that is not the baseline's is answered by one version, which also retrieves: the operator's word stands for the evidence. */
async function pin(scene: Scene, version: number, before: Assignment): Promise<Step> {
  await getServable(scene, version);
  const replaced = before.serving === version ? undefined : before.serving;
  const { anchor: _, anchorShare: __, anchorSince: ___, ...rest } = withoutRivals(before);
  return {
    assignment: { ...rest, serving: version, retriever: version, mode: "pinned" },
    statuses: [
      ...retireHoldback(before),
      ...retireCandidates(before),
      ...mark(replaced, "retired"),
      ...mark(version, "serving"),
    ],
    version,
    ...(replaced !== undefined && { replaced }),
  };
}

function checkWaiting({ scenario }: Scene, version: number, { waiting }: Assignment): void {
  if (waiting === version) return;
  const found = waiting === undefined ? "no policy waits" : `policy ${waiting} waits`;
  const message = `policy ${version} does not wait for approval in scenario ${scenario}: ${found}; look at the present state and decide again`;
  throw new EngineError("conflict", message, { details: { scenario, version, waiting } });
}

/** As the gate would have promoted it, with the gate's prediction. */
async function approve(scene: Scene, version: number, before: Assignment): Promise<Step> {
  checkWaiting(scene, version, before);
  const { evidence } = await getServable(scene, version);
  const { proposed, ...known } = evidence;
  const { reason = "", holdbackShare = 0, predicted = {} } = proposed ?? {};
  const { statuses, assign } = takeOver(before, holdbackShare);
  const { serving: replaced } = before;
  const about = replaced === undefined ? {} : { replaced };
  const promotion: Promotion = { ...about, promotedAt: scene.now, holdbackShare, predicted };
  return {
    assignment: assign(version),
    statuses: [
      ...statuses,
      { version, status: "serving", evidence: { ...known, reason, promotion } },
    ],
    version,
    ...about,
  };
}

function reject(scene: Scene, version: number, before: Assignment): Step {
  checkWaiting(scene, version, before);
  const { waiting: _, canary, canaryShare, ...rest } = before;
  const isCanary = canary === version;
  return {
    assignment: {
      ...rest,
      ...(canary !== undefined && !isCanary && { canary }),
      canaryShare: isCanary ? 0 : canaryShare,
    },
    statuses: mark(version, "retired"),
    version,
  };
}

async function decide(scene: Scene, input: InterventionInput, before: Assignment): Promise<Step> {
  switch (input.kind) {
    case "pin":
      return pin(scene, input.version, before);
    case "approve":
      return approve(scene, input.version, before);
    case "reject":
      return reject(scene, input.version, before);
    default:
      return changeMode(input, before);
  }
}

/**
 * Carries out an operator's intervention and records it in the same transaction.
 * @throws not_found, conflict, corrupt_snapshot
 */
export async function intervene(scene: Scene, input: InterventionInput): Promise<Intervention> {
  const { kind, by, reason } = input;
  const replaces = await scene.store.policies.assignment(scene.scenario);
  const note = { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) };
  return applyStep(scene, await decide(scene, input, replaces), { kind, note, replaces });
}
