import type { Decision } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Store } from "../../storage/store.ts";
import { readLoggedAuction } from "./auction.ts";

function notSold(decisionId: string, campaignId: string): EngineError {
  const message = `decision '${decisionId}' can't be activated: campaign '${campaignId}' doesn't take part at its price any more; ask for another`;
  return new EngineError("conflict", message, { details: { decisionId, campaignId } });
}

/**
 * Ads of deferred slates are sold when they are shown: each campaign has to take part by then, at the price of the slate.
 * @param decisions of one user and scenario
 * @returns the event number as of which all do
 * @throws conflict
 */
export async function checkStillSold(
  store: Store,
  decisions: readonly Decision[],
  now: number,
): Promise<number> {
  for (const scenario of new Set(decisions.flatMap(({ ads, scenario }) => (ads ? scenario : []))))
    await store.campaigns.settle(scenario, now);
  const asOf = await store.sequence();
  for (const { decisionId, ads = [], drawnAt: _, ...decision } of decisions) {
    if (ads.length === 0) continue;
    const auction = await readLoggedAuction(store, { ...decision, asOf, decidedAt: now });
    for (const { campaignId, bid } of ads) {
      const facts = { itemId: "", categories: [], attributes: { campaign: campaignId }, bid };
      if (auction?.findAd(facts)?.campaign.bid !== bid) throw notSold(decisionId, campaignId);
    }
  }
  return asOf;
}
