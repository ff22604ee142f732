import type { Decision } from "../domain/decision.ts";
import { createRandom } from "../numeric/random.ts";
import { jointPropensity, sampleSlate, slatePropensities } from "../policy/slate.ts";
import type { Store } from "../storage/store.ts";
import { viewCandidate } from "./candidates.ts";
import { type Catalogue, createCatalogue } from "./catalogue.ts";
import type { Configuration } from "./configuration.ts";
import { createState, readUser } from "./read-state.ts";
import { findScenario, uniformVersion } from "./recommend.ts";
import { createServingPolicies, type ServingPolicies } from "./serving-policies.ts";

/** Largest difference between a logged and a re-derived propensity that rounding explains. */
export const auditTolerance = 1e-6;

export interface AuditFinding {
  readonly decisionId: string;
  readonly problem: string;
}

export interface AuditReport {
  readonly decisions: number;
  readonly largestDifference: number;
  readonly findings: readonly AuditFinding[];
}

interface AuditParts {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly catalogue: Catalogue;
  readonly policies: ServingPolicies;
}

async function deriveLogits(parts: AuditParts, decision: Decision): Promise<Float64Array> {
  if (decision.policyVersion === uniformVersion)
    return new Float64Array(decision.candidates.length);
  const policy = await parts.policies.get(decision.policyVersion);
  await parts.catalogue.refresh(decision.asOf);
  const user = await readUser(parts.store, decision.userId, decision.asOf);
  const scenario = findScenario(parts.configuration, decision.scenario);
  const { catalogue } = parts;
  const state = createState({ user, catalogue, scenario, context: decision.context });
  const views = decision.candidates.map((candidate) => viewCandidate(candidate, catalogue));
  return policy.logits(state, views);
}

/** Largest difference of the position and joint propensities, and whether the seed draws the slate that was served. */
function compare(
  decision: Decision,
  logits: Float64Array,
): { difference: number; problem?: string } {
  const order = decision.slate.map((item) =>
    decision.candidates.findIndex(({ itemId }) => itemId === item),
  );
  if (order.includes(-1))
    return { difference: 1, problem: "the slate holds an item that was no candidate" };
  const { exploration } = decision;
  const derived = slatePropensities({ logits, order, exploration });
  const differences = derived.map((value, k) =>
    Math.abs(value - (decision.positionPropensities[k] ?? 0)),
  );
  const joint = Math.abs(jointPropensity(derived) - decision.slatePropensity);
  const difference = Math.max(joint, ...differences);
  if (!(difference <= auditTolerance)) {
    return {
      difference,
      problem: `propensities differ by ${difference.toExponential(2)}: the row or its snapshot was changed`,
    };
  }
  const random = createRandom(decision.seed).split("slate");
  const redrawn = sampleSlate({ logits, slateSize: order.length, exploration, random });
  const same = redrawn.order.every((index, k) => index === order[k]);
  return same
    ? { difference }
    : { difference, problem: `seed ${decision.seed} draws another slate` };
}

async function auditOne(parts: AuditParts, decision: Decision) {
  try {
    return compare(decision, await deriveLogits(parts, decision));
  } catch (error) {
    return { difference: 0, problem: `can't be derived: ${(error as Error).message}` };
  }
}

/**
 * Derives the propensities of the newest decisions again, from seed, snapshot, candidates and the profile as of their
 * moment, and holds them against what was logged.
 */
export async function audit(options: {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly limit: number;
  readonly onProgress?: (done: number, total: number) => void;
}): Promise<AuditReport> {
  const { store, configuration, limit } = options;
  const policies = createServingPolicies(store.policies);
  const parts = { store, configuration, catalogue: createCatalogue(store.items), policies };
  const recent = await store.decisions.recent(limit);
  // The catalogue only moves forward.
  const decisions = recent
    .map(({ decision }) => decision)
    .sort((left, right) => left.asOf - right.asOf);
  const findings: AuditFinding[] = [];
  let largestDifference = 0;
  for (const [index, decision] of decisions.entries()) {
    const { difference, problem } = await auditOne(parts, decision);
    largestDifference = Math.max(largestDifference, difference);
    if (problem !== undefined) findings.push({ decisionId: decision.decisionId, problem });
    options.onProgress?.(index + 1, decisions.length);
  }
  await policies.close();
  return { decisions: decisions.length, largestDifference, findings };
}
