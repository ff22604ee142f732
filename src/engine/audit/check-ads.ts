import type { CampaignMoment, ShownAd } from "../../domain/campaign.ts";
import type { Decision } from "../../domain/decision.ts";
import type { Store } from "../../storage/store.ts";
import { readLoggedAuction } from "../campaigns/auction.ts";
import { shownAds } from "../campaigns/shown-ads.ts";
import { addBoosts, type DrawRules } from "../rules/draw-rules.ts";
import { factsOfCandidate } from "../serving/candidates.ts";
import { auditTolerance } from "./compare-propensities.ts";
import type { LogitDeriver } from "./derive-logits.ts";

const isSame = (left: ShownAd, right: ShownAd | undefined): boolean =>
  right !== undefined &&
  left.campaignId === right.campaignId &&
  left.pays === right.pays &&
  left.bid === right.bid &&
  left.factor === right.factor &&
  Math.abs(left.explored - right.explored) <= auditTolerance;

/** States that have been derived, by campaign and event number. */
const checked = new WeakMap<LogitDeriver, Map<string, Promise<string | undefined>>>();

/** Whether each campaign was open and paced as its charges of the moment say. */
async function checkStates(
  { store, deriver }: { readonly store: Store; readonly deriver: LogitDeriver },
  all: readonly CampaignMoment[],
): Promise<string | undefined> {
  const known = checked.get(deriver) ?? new Map<string, Promise<string | undefined>>();
  checked.set(deriver, known);
  for (const { campaign, since } of all) {
    const key = `${since} ${campaign.campaignId}`;
    const found = known.get(key) ?? store.campaigns.findContradiction(campaign.campaignId, since);
    known.set(key, found);
    const problem = await found;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Derives the campaigns of a slate, their prices and factors, and the states that all campaigns of its scenario had. */
export async function checkAds(
  parts: { readonly store: Store; readonly deriver: LogitDeriver },
  decision: Decision,
  { logits, rules }: { readonly logits: Float64Array; readonly rules: DrawRules },
): Promise<string | undefined> {
  const auction = await readLoggedAuction(parts.store, decision);
  if (auction === undefined)
    return decision.ads && "its scenario had no ads at its moment: the row was changed";
  const { candidates, asOf, scenario, exploration, ads: logged = [] } = decision;
  const catalogue = await parts.deriver.catalogueAsOf(asOf);
  const facts = candidates.map((candidate) => factsOfCandidate(candidate, catalogue));
  const calm = decision.fastLoop && (await (await parts.deriver.open(decision)).calm());
  const drawing = { logits, calm: calm && addBoosts(calm, rules), exploration, rules };
  const ads = shownAds(auction, { ...decision, facts }, drawing);
  if (ads.length !== logged.length || !ads.every((ad, position) => isSame(ad, logged[position])))
    return `its campaigns were ${JSON.stringify(ads)}: the row was changed`;
  return checkStates(parts, await parts.store.campaigns.asOf(scenario, asOf));
}
