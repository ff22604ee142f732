import { activatedAt, type Decision } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import type { DecisionId } from "../../domain/ids.ts";
import { CampaignClosed } from "../../storage/campaign-store.ts";
import { type Deferral, DeferralChanged } from "../../storage/deferral-store.ts";
import { checkStillSold } from "../campaigns/check-still-sold.ts";
import type { RecommendParts } from "./recommend-parts.ts";
import { attribute, complete } from "./record.ts";

/** Its decisions are made and shown from now on, and the events that came before are theirs. */
async function settle(
  { store, configuration, fastLoops }: RecommendParts,
  deferral: Deferral,
  now: number,
): Promise<readonly Decision[]> {
  const decisions = deferral.decisions.map((one) => activatedAt(one, now));
  const asOf = await checkStillSold(store, decisions, now);
  const events = deferral.events.map((kept) => {
    const decision = decisions.find((one) => one.decisionId === kept.decisionId);
    return attribute(complete(kept, now), decision, { configuration, now }).row;
  });
  await store.deferrals.settle(deferral, { decisions, events, asOf });
  // It may have left the configuration since.
  const scenario = configuration.scenarios.find(({ name }) => name === decisions[0]?.scenario);
  if (scenario) fastLoops.learn(scenario);
  return decisions;
}

/**
 * Decisions of a deferral, appended with the time of this moment, so that windows close in the order of event numbers. Undefined if there
 * is none: it was activated before, it has expired, or it never was.
 * @throws conflict if its ads are not sold any more
 */
export async function activateDeferral(
  parts: RecommendParts,
  id: DecisionId,
): Promise<readonly Decision[] | undefined> {
  for (;;) {
    const now = parts.clock();
    const deferral = await parts.store.deferrals.find(id, now);
    if (deferral === undefined) return undefined;
    try {
      return await settle(parts, deferral, now);
    } catch (error) {
      // Another process was quicker: it is looked at again.
      if (!(error instanceof DeferralChanged || error instanceof CampaignClosed)) throw error;
    }
  }
}

/** A deferred decision counts from now on; one that counts already stays as it is. @throws not_found, conflict */
export async function activateDecision(parts: RecommendParts, id: DecisionId): Promise<Decision> {
  const [shown] = (await activateDeferral(parts, id)) ?? [];
  const decision = shown ?? (await parts.store.decisions.find(id))?.decision;
  if (decision !== undefined) return decision;
  const message = `no decision '${id}': it was never made, or not activated by its expiresAt; ask for another`;
  throw new EngineError("not_found", message, { details: { decisionId: id } });
}
