import type { Cycle } from "../../domain/cycle.ts";
import { dayMs } from "../../domain/durations.ts";
import type { Assignment, PromotionMode } from "../../domain/policy-snapshot.ts";
import { formatCounted } from "../../numeric/format.ts";
import type { DamagedRows } from "../../storage/revision-store.ts";
import type { Store } from "../../storage/store.ts";
import type { Health } from "../calls/health-calls.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { findAllPending, type PendingPolicies } from "../privacy/learnt-policies.ts";
import { describeStaying, findStaying } from "../privacy/stay-private.ts";
import type { FastLoops } from "../serving/fast-loop/serving-loops.ts";
import type { ServingPolicies } from "../serving/serving-policies.ts";
import type { Catalogue } from "../state/catalogue.ts";
import { assignedVersions } from "./list-policies.ts";
import {
  findLearnerProblem,
  findStarvation,
  readLastCycles,
  readLearnerHealth,
} from "./liveness.ts";

export interface HealthParts {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly catalogue: Catalogue;
  readonly policies: ServingPolicies;
  readonly fastLoops: FastLoops;
  readonly clock: () => number;
  readonly startedAt: number;
  readonly expectsLearner?: boolean;
  /** Looks for the damaged rows of users, which are read one at a time. */
  readonly findDamagedUsers: () => Promise<DamagedRows>;
}

/** Rows that a problem names; the others are counted. */
export const namedRows = 5;

/** Rows that earlier releases took without checks, and how they are treated until they are written anew. */
function describeDamaged(kind: "item" | "user", { ids, count }: DamagedRows): string[] {
  if (count === 0) return [];
  const treated =
    kind === "item"
      ? "treated as withdrawn, and not recommended"
      : "treated as without the attributes that can't be read";
  const named = ids.slice(0, namedRows).map((id) => JSON.stringify(id));
  const rest = count > named.length ? ` and ${count - named.length} more` : "";
  const rows = `${formatCounted(count, kind)} ${count === 1 ? "is" : "are"}`;
  return [`${rows} damaged: ${named.join(", ")}${rest}; ${treated}: write or delete them`];
}

/** Of the policies that answer now: a version that was replaced is no problem any more. */
function policyProblems(policies: ServingPolicies, assignment: Assignment): string[] {
  return assignedVersions(assignment).flatMap((version) => policies.problem(version) ?? []);
}

/** Share of the rows that may fail the self-check before an operator should know. */
const toleratedShare = 0.01;

/** A last cycle that came to no verdict, or judged on a part of its rows. */
export function cycleProblems({ scenario, outcome, reason, record }: Cycle): string[] {
  const last = `last cycle of ${scenario}`;
  if (outcome === "failed" || outcome === "skipped") return [`${last} ${outcome}: ${reason}`];
  const { rows = 0, leftOut = 0 } = record.gate?.selfCheck ?? {};
  if (leftOut <= toleratedShare * rows) return [];
  return [
    `${last} left out ${leftOut} of ${rows} rows that failed the self-check: their logged propensities are not those of their policy; ` +
      "run recurve audit",
  ];
}

/** A day for a learner that had a long cycle before it, or was away. */
const graceMs = dayMs;

/** Policies that the learner should have replaced by now, or can't replace at all. */
export async function describeOverdue(
  parts: Pick<HealthParts, "store" | "configuration">,
  pending: PendingPolicies,
  now: number,
): Promise<readonly string[]> {
  const staying = await findStaying(parts, pending);
  if (staying.length > 0) return [describeStaying(pending, staying)];
  const { scenario, versions, since } = pending;
  const { privacy } = parts.configuration;
  const dueAt = since + privacy.relearnDays * dayMs;
  if (now < dueAt + graceMs) return [];
  return [
    `policies ${versions.join(", ")} of ${scenario} may have learnt from an erased user and were to be replaced by ${new Date(dueAt).toISOString()}: ` +
      "start recurve serve or recurve learn, or run recurve privacy relearn",
  ];
}

async function describeWrites(store: Store): Promise<readonly string[]> {
  const problem = await store.writeProblem();
  return problem === undefined ? [] : [`the record can't be written: ${problem}`];
}

export async function readHealth(parts: HealthParts): Promise<Health> {
  const { store, configuration, catalogue, policies, fastLoops } = parts;
  const policyVersions: Record<string, number> = {};
  const promotions: Record<string, PromotionMode> = {};
  const problems = [
    ...(await describeWrites(store)),
    ...fastLoops.problems(),
    ...describeDamaged("item", catalogue.damaged()),
    ...describeDamaged("user", await parts.findDamagedUsers()),
  ];
  for (const { name } of configuration.scenarios) {
    const assignment = await store.policies.assignment(name);
    if (assignment.serving !== undefined) policyVersions[name] = assignment.serving;
    promotions[name] = assignment.mode ?? "automatic";
    problems.push(...policyProblems(policies, assignment));
  }
  const lastCycles = await readLastCycles(parts);
  problems.push(...lastCycles.flatMap(cycleProblems));
  const learner = await readLearnerHealth(parts, lastCycles);
  const waitedMs = parts.clock() - parts.startedAt;
  const missing =
    findLearnerProblem(learner, waitedMs) ??
    findStarvation(learner, configuration.learner, waitedMs);
  if (parts.expectsLearner && missing !== undefined) problems.push(missing);
  const pending = await findAllPending(store, configuration);
  for (const one of pending) problems.push(...(await describeOverdue(parts, one, parts.clock())));
  const pendingErasures = Object.fromEntries(
    pending.map(({ scenario, since, erasures, versions }) => [
      scenario,
      { ageSeconds: Math.max(0, parts.clock() - since) / 1000, erasures, versions },
    ]),
  );
  return { policyVersions, promotions, problems, learner, pendingErasures };
}
