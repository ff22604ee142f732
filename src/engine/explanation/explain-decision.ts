import type { Decision } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Explanation } from "../../domain/explanation.ts";
import type { Store } from "../../storage/store.ts";
import { comparePropensities } from "../audit/compare-propensities.ts";
import type { LogitDeriver } from "../audit/derive-logits.ts";
import { addBoosts, momentOf } from "../rules/draw-rules.ts";
import { countLeftOut } from "./count-left-out.ts";
import { explainHistory, leaveEventsOut, nameEvents } from "./explain-history.ts";
import { explainItems } from "./explain-items.ts";
import type { DerivedSlate } from "./slate-without.ts";

export interface ExplainerParts {
  readonly store: Store;
  readonly deriver: LogitDeriver;
}

const cannotDerive = ({ decisionId }: Decision, problem: string, cause?: unknown) =>
  new EngineError(
    "audit_failed",
    `decision '${decisionId}' can't be explained: ${problem}; run recurve audit`,
    { details: { decisionId }, cause },
  );

/** The slate as it was drawn. @throws audit_failed if the record gives another one */
export async function openDerivedSlate(
  { deriver }: ExplainerParts,
  decision: Decision,
): Promise<DerivedSlate> {
  const rules = await deriver.drawRules(decision);
  const derived = await deriver.open(decision);
  const logits = addBoosts(await derived.served(), rules);
  const { slateSize } = momentOf(decision);
  const { problem } = comparePropensities(decision, logits, { rules, slateSize });
  if (problem !== undefined) throw cannotDerive(decision, problem);
  const { exploration, candidates } = decision;
  const places = new Map(candidates.map(({ itemId }, index) => [itemId, index]));
  const order = decision.slate.flatMap((itemId) => places.get(itemId) ?? []);
  return { derived, logits, order, exploration, rules };
}

async function explain(parts: ExplainerParts, decision: Decision): Promise<Explanation> {
  const slate = await openDerivedSlate(parts, decision);
  const shifts = await leaveEventsOut(slate);
  const catalogue = await parts.deriver.catalogueAsOf(decision.asOf);
  const leftOut = await countLeftOut(parts.store, catalogue, decision);
  const { decisionId, userId, scenario, arm, policyVersion, exploration } = decision;
  const { slatePropensity, decidedAt, candidates } = decision;
  return {
    decisionId,
    userId,
    scenario,
    arm,
    policyVersion,
    exploration,
    slatePropensity,
    decidedAt,
    candidates: candidates.length,
    ...(leftOut && { leftOut }),
    slate: await explainItems(decision, slate, shifts),
    history: await explainHistory(slate, shifts),
    movedBy: await nameEvents(slate, shifts),
  };
}

/**
 * Explains a logged decision from the record as of its moment, by the derivation of the audit.
 * @throws audit_failed if it can't be derived again as it was logged; not_found or corrupt_snapshot if its policy or encoder is gone; unknown_scenario
 */
export async function explainDecision(
  parts: ExplainerParts,
  decision: Decision,
): Promise<Explanation> {
  try {
    return await explain(parts, decision);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw cannotDerive(decision, (error as Error).message, error);
  }
}
