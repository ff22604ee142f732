import type { Decision } from "../../domain/decision.ts";
import type { LeftOutItems } from "../../domain/explanation.ts";
import type { Store } from "../../storage/store.ts";
import { joinRules } from "../rules/offer-rules.ts";
import { readLeftOut } from "../rules/read-left-out.ts";
import { eligible } from "../serving/candidates.ts";
import type { Catalogue } from "../state/catalogue.ts";

/** @param catalogue as of the decision */
export async function countLeftOut(
  store: Store,
  catalogue: Catalogue,
  decision: Decision,
): Promise<LeftOutItems | undefined> {
  const { servingRule = {}, offer, offeredBy, candidates, decidedAt: now } = decision;
  if (offeredBy !== "catalogue") return undefined;
  const rules = joinRules(servingRule, offer, now);
  const seen = await readLeftOut(store, servingRule, { ...decision, now });
  const count = (leftOut: Parameters<typeof eligible>[0]["leftOut"]) =>
    eligible({ candidates: undefined, catalogue, rules, leftOut }).count;
  const available = catalogue.available().length;
  const allowed = count(new Set());
  const offered = count(seen);
  return {
    available,
    byRules: available - allowed,
    seen: allowed - offered,
    notRetrieved: offered - candidates.length,
  };
}
