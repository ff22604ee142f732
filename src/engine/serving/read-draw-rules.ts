import {
  type Candidate,
  type Decision,
  type DrawnTime,
  timeOfDraw,
} from "../../domain/decision.ts";
import type { Store } from "../../storage/store.ts";
import { readLoggedAuction } from "../campaigns/auction.ts";
import { adsOf } from "../campaigns/shown-ads.ts";
import { visibleRecord } from "../privacy/visible-record.ts";
import { bothRules, type DrawRules, drawRulesOf, momentOf } from "../rules/draw-rules.ts";
import { type RuledGroups, readRuledGroups } from "../rules/read-groups.ts";
import type { Catalogue } from "../state/catalogue.ts";
import type { CatalogueAsOf } from "../state/catalogue-as-of.ts";
import { factsOfCandidate } from "./candidates.ts";
import type { DrawnAds } from "./fast-loop/draw-logits.ts";

/** Of a logged decision. @param catalogue as of its moment */
export async function readGroupsOf(
  store: Store,
  decision: Pick<Decision, "userId" | "scenario" | "asOf" | DrawnTime | "servingRule">,
  catalogue: Catalogue,
): Promise<RuledGroups> {
  const { seen } = await visibleRecord(store, decision);
  const visit = { ...decision, now: timeOfDraw(decision), catalogue };
  return readRuledGroups(seen, decision.servingRule ?? {}, visit);
}

/** The ads among a logged decision's candidates; undefined if its scenario had none. @param options.catalogue as of its moment */
export async function readDrawnAds(
  decision: Decision,
  { store, catalogue }: { readonly store: Store; readonly catalogue: Catalogue },
): Promise<DrawnAds | undefined> {
  const rule = decision.servingRule?.ads;
  const auction = await readLoggedAuction(store, decision);
  const factsOf = (one: Candidate) => factsOfCandidate(one, catalogue);
  return rule && auction && adsOf(auction, rule, decision.candidates.map(factsOf));
}

/** Rules of a logged decision's draw, on its candidates as of its moment. A decision without rules reads no catalogue. */
export async function readDrawRules(
  decision: Decision,
  { store, catalogueAsOf }: { readonly store: Store; readonly catalogueAsOf: CatalogueAsOf },
): Promise<DrawRules> {
  const auction = await readLoggedAuction(store, decision);
  const moment = { ...momentOf(decision), auction };
  if (bothRules(moment).length === 0 && !auction) return {};
  const items = await catalogueAsOf(decision.asOf);
  const { candidates } = decision;
  const { tilted } = await readGroupsOf(store, decision, items);
  const factsOf = () => candidates.map((one) => factsOfCandidate(one, items));
  return drawRulesOf(moment, factsOf, tilted);
}
