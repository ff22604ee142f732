import type { CatalogueVisit, World } from "../../../domain/world.ts";
import { checkInteger, seedRange } from "../check-options.ts";
import { createShelf } from "./shop-shelf.ts";
import { createShopTruth, visitorOf } from "./shop-truth.ts";
import { buyWeight, createShopVisits, secondsAt, visitorId } from "./shop-visits.ts";
import { type RuleCounts, shopRules, watchRules } from "./watch-rules.ts";

export interface ShopWorldOptions {
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  /** Default 1,500. */
  readonly visitsPerDay?: number;
}

/** A world that knows whether its rules held in the slates that were shown. */
export interface ShopWorld extends World<CatalogueVisit> {
  readonly counts: () => RuleCounts;
}

const [items, users, slateSize, clickRate] = [600, 500, 6, 0.04];

/**
 * A shop whose truth is known, with six rules of the slate: stock that comes and goes, two items of a brand, three
 * showings a day, nothing bought within a month, the own brand preferred, and a gift card at the end. A visitor who looks at position k,
 * with probability (1 + k)^−½, clicks by a taste that no sum of features tells, and buys cheap items more readily. Figures:
 * docs/methods/worlds.md.
 *
 * @throws EngineError `invalid_configuration`
 */
export function createShopWorld({ seed, visitsPerDay = 1500 }: ShopWorldOptions): ShopWorld {
  checkInteger("seed", seed, seedRange);
  const options = { seed, items, users, slateSize, clickRate, visitsPerDay };
  const truth = createShopTruth(options);
  const shelf = createShelf(truth, options);
  const visits = createShopVisits({ truth, shelf }, options);
  const watched = watchRules(shelf);
  return {
    name: "shop",
    items: Array.from({ length: items }, (_, number) => shelf.describe(number, 0)),
    users: Array.from({ length: users }, (_, user) => ({
      userId: visitorId(user),
      attributes: {},
    })),
    history: [],
    slateSize,
    rewards: { weights: { click: 1, buy: buyWeight }, minimum: 0, maximum: 1 + buyWeight },
    maxCandidates: 100,
    rules: shopRules(slateSize - 1),
    ...visits,
    react: (turn, slate) => {
      const reactions = visits.react(turn, slate);
      const user = visitorOf(turn, options);
      watched.see({ user, at: secondsAt(turn, visitsPerDay), slate, reactions });
      return reactions;
    },
    counts: watched.counts,
  };
}
