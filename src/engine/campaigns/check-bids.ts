import type { Candidate } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { Scenario } from "../../domain/scenario.ts";

/** The feature `bid` of a request's candidates is a price like a campaign's. @throws invalid_request */
export function checkBids(
  { ads, reward: { maximum } }: Pick<Scenario, "ads" | "reward">,
  candidates: readonly Candidate[] = [],
): void {
  if (ads === undefined) return;
  const isPrice = (bid: Json) => typeof bid === "number" && bid > 0 && bid <= maximum;
  for (const [index, { features = {} }] of candidates.entries()) {
    const { bid } = features;
    if (bid === undefined || isPrice(bid)) continue;
    const field = `candidates[${index}].features.bid`;
    const message = `${field} is ${JSON.stringify(bid)}: send a number above 0 and at most ${maximum}, the scenario's reward.maximum, or leave it out`;
    throw new EngineError("invalid_request", message, { details: { field, value: bid } });
  }
}
