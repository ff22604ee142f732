import { type Decision, timeOfDraw } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Store } from "../../storage/store.ts";
import { readLoggedAuction } from "../campaigns/auction.ts";
import { visibleRecord } from "../privacy/visible-record.ts";
import { momentOf, pinsOrCaps } from "../rules/draw-rules.ts";
import { joinRules } from "../rules/offer-rules.ts";
import { readRuledGroups } from "../rules/read-groups.ts";
import { readLeftOut } from "../rules/read-left-out.ts";
import { eligible } from "../serving/candidates.ts";
import { readSocial } from "../social/read-social.ts";
import { socialCandidates } from "../social/social-candidates.ts";
import { sourceCandidates } from "../sources/source-candidates.ts";
import { checkRelated } from "./check-related.ts";
import { type CandidateCheck, checkRetrieval } from "./check-retrieval.ts";
import type { LogitDeriver } from "./derive-logits.ts";

/** Decisions without a logged rule have no further sources. */
const noRewards = { weights: {}, windowSeconds: 0, defaultReward: 0, minimum: 0, maximum: 0 };

const changed = (problem: string): CandidateCheck => ({
  problem: `${problem}: the row was changed`,
});

/** Candidates that the retrieval kept, whatever their scores. */
async function reserve(
  { store, deriver }: { readonly store: Store; readonly deriver: LogitDeriver },
  decision: Decision,
  {
    connected,
    offered,
    ...moment
  }: {
    readonly connected: readonly number[];
    readonly offered: Parameters<typeof sourceCandidates>[0];
    readonly catalogue: Parameters<typeof sourceCandidates>[2]["catalogue"];
    readonly limit: number;
  },
): Promise<readonly number[]> {
  const { asOf, servingRule, rewardRule: reward = noRewards } = decision;
  // Without them the state has no part in it.
  if (servingRule?.sources === undefined) return connected;
  const state = await deriver.stateOf(decision);
  return sourceCandidates(offered, servingRule.sources, {
    ...moment,
    store,
    asOf,
    reward,
    servingRule,
    state,
    reserved: connected,
  });
}

/**
 * Checks that each candidate existed at the decision's event number, was neither withdrawn nor left out
 * by a rule, and is there once, and that they are not too many; then derives the retrieval.
 */
export async function checkCandidates(
  parts: { readonly store: Store; readonly deriver: LogitDeriver },
  decision: Decision,
): Promise<CandidateCheck> {
  const { candidates, asOf, userId, servingRule: rule } = decision;
  const moment = momentOf(decision);
  const { slateSize } = moment;
  const limit = Math.max(slateSize, rule?.maxCandidates ?? Number.POSITIVE_INFINITY);
  const most = limit + (pinsOrCaps(moment) ? slateSize : 0);
  if (candidates.length > most)
    return changed(`${candidates.length} candidates are more than ${most}`);
  if (new Set(candidates.map(({ itemId }) => itemId)).size < candidates.length)
    return changed("a candidate is there twice");
  const catalogue = await parts.deriver.catalogueAsOf(asOf);
  const { scenario, offer } = decision;
  const now = timeOfDraw(decision);
  const { seen } = await visibleRecord(parts.store, decision);
  const leftOut = await readLeftOut(seen, rule ?? {}, { userId, scenario, asOf, now });
  const visit = { userId, scenario, asOf, now, catalogue };
  const { leftOut: groups } = await readRuledGroups(seen, rule ?? {}, visit);
  const rules = joinRules(rule ?? {}, offer, now);
  const auction = await readLoggedAuction(parts.store, decision);
  try {
    const allowed = eligible({ candidates, catalogue, rules, leftOut, groups, auction });
    const ids = new Set(allowed.list.map(({ itemId }) => itemId));
    const other = candidates.find(({ itemId }) => !ids.has(itemId));
    if (other)
      return changed(
        `candidate '${other.itemId}' was withdrawn, or left out by a rule, at event number ${asOf}`,
      );
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "unknown_item") throw error;
    const { itemId } = error.details;
    return changed(`candidate '${itemId}' was not in the catalogue at event number ${asOf}`);
  }
  const offered = eligible({ candidates: undefined, catalogue, rules, leftOut, groups, auction });
  if (offer?.relatedTo) {
    const related = { relatedTo: offer.relatedTo, catalogue, offered, limit, slateSize };
    return checkRelated(parts, decision, related);
  }
  const social = await readSocial(seen, rule?.social, { userId, asOf, now });
  const connected = socialCandidates(offered, social, { catalogue, limit });
  const reserved = await reserve(parts, decision, { offered, catalogue, limit, connected });
  return checkRetrieval(parts, decision, { offered, limit, reserved, moment });
}
