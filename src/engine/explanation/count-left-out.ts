import { type Decision, timeOfDraw } from "../../domain/decision.ts";
import type { LeftOutItems } from "../../domain/explanation.ts";
import type { Store } from "../../storage/store.ts";
import { readLoggedAuction } from "../campaigns/auction.ts";
import { visibleRecord } from "../privacy/visible-record.ts";
import { joinRules } from "../rules/offer-rules.ts";
import { readLeftOut } from "../rules/read-left-out.ts";
import { eligible } from "../serving/candidates.ts";
import { readGroupsOf } from "../serving/read-draw-rules.ts";
import type { Catalogue } from "../state/catalogue.ts";

/** @param catalogue as of the decision */
export async function countLeftOut(
  store: Store,
  catalogue: Catalogue,
  decision: Decision,
): Promise<LeftOutItems | undefined> {
  const { servingRule = {}, offer, offeredBy, candidates } = decision;
  const now = timeOfDraw(decision);
  if (offeredBy !== "catalogue") return undefined;
  const rules = joinRules(servingRule, offer, now);
  const auction = await readLoggedAuction(store, decision);
  const { seen } = await visibleRecord(store, decision);
  const leftOut = await readLeftOut(seen, servingRule, { ...decision, now });
  const { leftOut: groups } = await readGroupsOf(store, decision, catalogue);
  const count = (user: Pick<Parameters<typeof eligible>[0], "leftOut" | "groups">) =>
    eligible({ candidates: undefined, catalogue, rules, auction, ...user }).count;
  const available = catalogue.available().length;
  const allowed = count({ leftOut: new Set() });
  const offered = count({ leftOut, groups });
  return {
    available,
    byRules: available - allowed,
    seen: allowed - offered,
    notRetrieved: offered - candidates.length,
  };
}
