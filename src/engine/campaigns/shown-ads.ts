import { type AdsRule, type ShownAd, worthOf } from "../../domain/campaign.ts";
import type { Decision } from "../../domain/decision.ts";
import { type PlaceRules, slatePropensities } from "../../policy/slate.ts";
import type { ItemFacts } from "../rules/item-facts.ts";
import type { DrawnAds } from "../serving/fast-loop/draw-logits.ts";
import type { Auction } from "./auction.ts";

interface Shown extends Pick<Decision, "slate" | "positionPropensities" | "arm"> {
  /** Of the candidates. */
  readonly facts: readonly ItemFacts[];
}

interface Drawing {
  readonly logits: Float64Array;
  /** Logits without the luck of the fast loop's draw, if it had a part. */
  readonly calm?: Float64Array | undefined;
  readonly exploration: number;
  readonly rules: PlaceRules;
}

/**
 * Share of each showing that is exploration's: of the item's probability P(a | R), the part of the uniform choice, ε/|R|, or the part that the luck
 * of the fast loop's draw has added to it, if that is more. All of it in the uniform slice, and none of a choice without another.
 */
function exploredShares(
  { positionPropensities, arm }: Shown,
  order: readonly number[],
  { logits, calm, exploration, rules }: Drawing,
): readonly number[] {
  if (arm === "uniform") return order.map(() => 1);
  const uniform = slatePropensities({ logits, order, exploration: 1, rules });
  const expected = calm && slatePropensities({ logits: calm, order, exploration: 0, rules });
  return positionPropensities.map((p, k) => {
    if (p === 1) return 0;
    const byLuck = expected === undefined ? 0 : p - (expected[k] ?? 0);
    return Math.min(1, Math.max(exploration * (uniform[k] ?? 0), byLuck) / p);
  });
}

/** The candidates' ads as the fast loop draws for them. */
export function adsOf({ findAd }: Auction, rule: AdsRule, facts: readonly ItemFacts[]): DrawnAds {
  const moments = facts.map(findAd);
  const numberOf = (pays: string) => {
    const number = rule.outcomes.indexOf(pays);
    return number < 0 ? undefined : number;
  };
  return {
    rule,
    outcomes: moments.map((moment) => moment && numberOf(moment.campaign.pays)),
    worths: moments.map((moment) =>
      moment ? worthOf({ bid: moment.campaign.bid, factor: moment.factor }) : 1,
    ),
  };
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
