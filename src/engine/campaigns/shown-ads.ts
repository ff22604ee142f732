import type { ShownAd } from "../../domain/campaign.ts";
import type { Decision } from "../../domain/decision.ts";
import { type PlaceRules, slatePropensities } from "../../policy/slate.ts";
import type { ItemFacts } from "../rules/item-facts.ts";
import type { Auction } from "./auction.ts";

interface Shown extends Pick<Decision, "slate" | "positionPropensities" | "arm"> {
  /** Of the candidates. */
  readonly facts: readonly ItemFacts[];
}

interface Drawing {
  readonly logits: Float64Array;
  readonly exploration: number;
  readonly rules: PlaceRules;
}

/**
 * Share of each showing that is exploration's: of the item's probability, the part of the uniform choice, ε/|R| / P(a | R). All of it in
 * the uniform slice, and none of a choice without another.
 */
function exploredShares(
  { positionPropensities, arm }: Shown,
  order: readonly number[],
  { logits, exploration, rules }: Drawing,
): readonly number[] {
  if (arm === "uniform") return order.map(() => 1);
  const uniform = slatePropensities({ logits, order, exploration: 1, rules });
  return positionPropensities.map((p, k) =>
    p === 1 ? 0 : Math.min(1, (exploration * (uniform[k] ?? 0)) / p),
  );
}

/** The campaigns of a slate, by position. */
export function shownAds({ findAd }: Auction, shown: Shown, drawing: Drawing): readonly ShownAd[] {
  const places = new Map(shown.facts.map(({ itemId }, index) => [itemId, index]));
  const order = shown.slate.map((itemId) => places.get(itemId) ?? -1);
  const explored = exploredShares(shown, order, drawing);
  return order.flatMap((index, position) => {
    const facts = shown.facts[index];
    const moment = facts && findAd(facts);
    if (moment === undefined) return [];
    const { campaignId, pays, bid } = moment.campaign;
    return [{ campaignId, pays, bid, factor: moment.factor, explored: explored[position] ?? 0 }];
  });
}
