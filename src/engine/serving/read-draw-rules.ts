import type { Decision } from "../../domain/decision.ts";
import { bothRules, type DrawRules, drawRulesOf, momentOf } from "../rules/draw-rules.ts";
import type { CatalogueAsOf } from "../state/catalogue-as-of.ts";
import { factsOfCandidate } from "./candidates.ts";

/** Rules of a logged decision's draw, on its candidates as of its moment. A decision without rules reads no catalogue. */
export async function readDrawRules(
  decision: Decision,
  catalogueAsOf: CatalogueAsOf,
): Promise<DrawRules> {
  const moment = momentOf(decision);
  if (bothRules(moment).length === 0) return {};
  const items = await catalogueAsOf(decision.asOf);
  const { candidates } = decision;
  return drawRulesOf(moment, () => candidates.map((one) => factsOfCandidate(one, items)));
}
