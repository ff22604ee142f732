import type { Cycle } from "../../domain/cycle.ts";
import { dayMs } from "../../domain/durations.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";
import { mark } from "../../domain/take-over.ts";
import { formatCounted } from "../../numeric/format.ts";
import type { NewPolicy } from "../../storage/policy-store.ts";
import type { EncoderOptions } from "../encoder/learn-encoder.ts";
import { forgetCarried } from "../learner/cycle/carried.ts";
import { endTraining } from "../learner/training/training-checkpoint.ts";
import { type Begun, begin, noCounts } from "./begin-anew.ts";
import { forgetVersions } from "./forget-versions.ts";
import { findKept, findPending, namedVersions, type PendingPolicies } from "./learnt-policies.ts";
import { evidenceOfSpending, recordOfSpending, rememberSpending } from "./spent-budget.ts";
import { findStaying, retireOthers } from "./stay-private.ts";

async function keepOrBegin(
  options: EncoderOptions,
  { versions }: PendingPolicies,
  assignment: Assignment,
): Promise<Begun> {
  const { store, scenario } = options;
  const kept = await findKept(store, scenario.name, assignment);
  if (kept === undefined) return begin(options);
  const { baseline = 0 } = assignment;
  const counts = versions.includes(baseline) ? undefined : await store.policies.bytes(baseline);
  return {
    kept,
    ranks: true,
    baseline: counts ?? noCounts(),
    about: `policy ${kept}, which never saw them, ${kept === assignment.serving ? "stays" : "takes their place"}`,
  };
}

/** Policies of a scenario that have to be replaced, if it is time. */
export async function findDuePolicies(
  { store, configuration, clock }: Pick<EncoderOptions, "store" | "configuration" | "clock">,
  scenario: string,
): Promise<PendingPolicies | undefined> {
  const pending = await findPending(store, scenario);
  const { relearnDays } = configuration.privacy;
  if (pending === undefined || pending.since + relearnDays * dayMs > clock()) return undefined;
  const staying = await findStaying({ store, configuration }, pending);
  return staying.length < pending.versions.length ? pending : undefined;
}

/** The new policies, the one that serves first unless it is there already. */
function newPolicies(
  scenario: string,
  { network, baseline, spending }: Begun,
  about: { readonly createdAt: number; readonly reason: string },
): readonly NewPolicy[] {
  const { createdAt, reason } = about;
  const evidence = { reason, ...evidenceOfSpending(spending) };
  const common = { scenario, status: "serving", createdAt, evidence } as const;
  return [
    ...(network === undefined ? [] : [{ ...common, kind: "network" as const, bytes: network }]),
    { ...common, kind: "popularity", bytes: baseline },
  ];
}

const describePending = ({ versions, erasures }: PendingPolicies, { about }: Begun) => {
  const users = formatCounted(erasures, "erased user");
  return `policies ${versions.join(", ")} may have learnt from ${users}: ${about}`;
};

/**
 * Replaces the policies of a scenario that may have learnt from erased users: by a parent that never
 * saw them, else by one that is made from the record as it is now. Nothing passes the gate here; the
 * next cycle learns from all decisions that are left.
 * @returns undefined if no policy in use may have learnt from an erased user, or if all that may
 * have are private and stay
 */
export async function relearn(options: EncoderOptions): Promise<Cycle | undefined> {
  const { store, scenario, clock, seed } = options;
  const { name } = scenario;
  const startedAt = clock();
  // Before all that is read: users who are erased later are pending again.
  const freshAsOf = await store.sequence();
  const replaces = await store.policies.assignment(name);
  const pending = await findPending(store, name);
  if (pending === undefined) return undefined;
  const staying = await findStaying(options, pending);
  if (staying.length > 0) return retireOthers(options, pending, staying);
  const begun = await keepOrBegin(options, pending, replaces);
  const finishedAt = clock();
  const reason = describePending(pending, begun);
  const [last] = await store.cycles.list({ scenario: name, limit: 1 });
  const isSame = begun.kept === replaces.serving;
  const cycle: Omit<Cycle, "cycle" | "candidateVersion"> = {
    scenario: name,
    reason,
    startedAt,
    finishedAt,
    record: { seed, ...recordOfSpending(begun.spending) },
    outcome: "initial",
    ...(replaces.serving !== undefined && { policyVersion: replaces.serving }),
    // From the first decision on, so that the next cycle learns from all of them.
    throughSequence: isSame ? (last?.throughSequence ?? 0) : 0,
  };
  const left = forgetVersions(replaces, pending.versions);
  const versionsOf = (added: readonly number[]) => {
    const serving = begun.kept ?? added[0] ?? 0;
    return {
      ...(begun.ranks && { retriever: serving }),
      ...left,
      serving,
      baseline: added.at(-1) ?? 0,
    };
  };
  const stays = namedVersions({ ...left, ...(begun.kept && { serving: begun.kept }) });
  const leaves = namedVersions(replaces).filter(
    (version) => !stays.includes(version) || version === replaces.baseline,
  );
  const applied = await store.policies.apply({
    add: newPolicies(name, begun, { createdAt: finishedAt, reason }),
    freshAsOf,
    encoders: begun.encoders ?? [],
    checkpoints: [
      ...[...forgetCarried(name), endTraining(name), ...(begun.checkpoints ?? [])],
      ...rememberSpending(begun.spending),
    ],
    statuses: [
      ...leaves.flatMap((version) => mark(version, "retired")),
      ...(isSame ? [] : mark(begun.kept, "serving")),
    ],
    assign: (added) => ({ scenario: name, assignment: versionsOf(added), replaces }),
    cycle: (added) => ({ ...cycle, candidateVersion: versionsOf(added).serving }),
  });
  const candidateVersion = versionsOf(applied.added).serving;
  return { ...cycle, cycle: applied.cycle ?? 0, candidateVersion };
}
