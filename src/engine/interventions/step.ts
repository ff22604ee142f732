import { EngineError } from "../../domain/errors.ts";
import type {
  Intervention,
  InterventionKind,
  InterventionNote,
} from "../../domain/intervention.ts";
import type { Assignment, PolicySnapshot } from "../../domain/policy-snapshot.ts";
import type { StatusChange } from "../../domain/take-over.ts";
import type { Store } from "../../storage/store.ts";
import { loadServed } from "../learner/cycle/carried.ts";
import { hasLearntFromErased } from "../privacy/learnt-policies.ts";

/** The new assignment after an intervention. */
export interface Step {
  readonly assignment: Assignment;
  readonly statuses: readonly StatusChange[];
  /** As in `Intervention`. */
  readonly version?: number;
  readonly replaced?: number;
}

/** State before an intervention, and its time. */
export interface Scene {
  readonly store: Store;
  readonly scenario: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** As in `Intervention`. */
  readonly key?: string;
}

/** @throws conflict if the policy was replaced because it may have learnt from an erased user */
export async function refuseForgotten(
  { store, scenario }: Pick<Scene, "store" | "scenario">,
  version: number,
): Promise<void> {
  const fresh = await store.policies.freshStart(scenario, Number.MAX_SAFE_INTEGER);
  if (fresh === undefined || version >= fresh.version) return;
  if (!(await hasLearntFromErased(store, scenario, version))) return;
  const message = `policy ${version} of scenario ${scenario} may have learnt from a user who was erased; name policy ${fresh.version} or a later one`;
  throw new EngineError("conflict", message, { details: { scenario, version } });
}

/** A network of the scenario whose bytes are whole. @throws not_found, conflict, corrupt_snapshot */
export async function getServable(
  { store, scenario }: Scene,
  version: number,
): Promise<PolicySnapshot> {
  const policy = await store.policies.find(version);
  if (policy?.scenario !== scenario) {
    const message = `scenario ${scenario} has no policy ${version}; take a version from the list of its policies`;
    throw new EngineError("not_found", message, { details: { scenario, version } });
  }
  if (policy.kind !== "network") {
    const message = `policy ${version} is a baseline and can't take over; name a policy of kind network`;
    throw new EngineError("conflict", message, { details: { scenario, version } });
  }
  await refuseForgotten({ store, scenario }, version);
  await loadServed(store, version);
  return policy;
}

/** Step and intervention as one change. @throws conflict if the assignment has changed meanwhile */
export async function applyStep(
  { store, scenario, now, key }: Scene,
  { assignment, statuses, ...done }: Step,
  made: { readonly kind: InterventionKind; readonly note: InterventionNote; replaces: Assignment },
): Promise<Intervention> {
  const about = { ...made.note, ...done, ...(key !== undefined && { key }) };
  const record = { ...about, scenario, kind: made.kind, madeAt: now };
  const { intervention = 0 } = await store.policies.apply({
    statuses,
    assign: () => ({ scenario, assignment, replaces: made.replaces }),
    intervention: record,
  });
  return { ...record, intervention };
}
