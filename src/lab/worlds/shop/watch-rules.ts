import type { ItemId } from "../../../domain/ids.ts";
import type { ScenarioRules } from "../../../domain/rules.ts";
import type { Reaction } from "../../../domain/world.ts";
import { day, giftCard, ownBrand, type Shelf } from "./shop-shelf.ts";

const [mostOfBrand, showings, boughtDays] = [2, 3, 30];

/** @param last the position that the gift card holds */
export const shopRules = (last: number): ScenarioRules => ({
  filter: "stock = true",
  boosts: [{ filter: `brand = '${ownBrand}'`, add: 0.3 }],
  caps: [{ by: "brand", most: mostOfBrand }],
  pins: [{ itemId: giftCard, position: last }],
  repetition: [{ showings, hours: 24 }],
  aversions: [{ types: ["buy"], by: "itemId", days: boughtDays }],
});

/** A slate as a visitor saw it. */
export interface SeenSlate {
  readonly user: number;
  /** Seconds since the first visit could be. */
  readonly at: number;
  readonly slate: readonly ItemId[];
  readonly reactions: readonly Reaction[];
}

/** Slates that were seen, and those of them that broke a rule. */
export interface RuleCounts {
  readonly slates: number;
  readonly violations: number;
}

/**
 * Watches from the visitors' side whether the rules hold, with nothing of the engine's: it knows the shelf, and its own slates and
 * buys. Memory grows with the slates of a month.
 */
export function watchRules({ numberOf, brandOf, isInStock }: Shelf): {
  readonly see: (seen: SeenSlate) => void;
  readonly counts: () => RuleCounts;
} {
  const shown = new Map<string, readonly number[]>();
  const bought = new Map<string, number>();
  let [slates, violations] = [0, 0];
  const keyOf = (user: number, item: ItemId) => `${user} ${item}`;
  const isForbidden = ({ user, at }: SeenSlate, item: ItemId) => {
    const key = keyOf(user, item);
    const lately = (shown.get(key) ?? []).filter((time) => time > at - day);
    const since = at - (bought.get(key) ?? Number.NEGATIVE_INFINITY);
    return lately.length >= showings || since < boughtDays * day;
  };
  const breaksRule = (seen: SeenSlate): boolean => {
    const { slate, at } = seen;
    const ofBrand = new Map<string, number>();
    for (const item of slate) {
      const brand = brandOf(numberOf(item));
      ofBrand.set(brand, (ofBrand.get(brand) ?? 0) + 1);
    }
    return (
      slate.some((item) => !isInStock(numberOf(item), at) || isForbidden(seen, item)) ||
      [...ofBrand.values()].some((count) => count > mostOfBrand) ||
      new Set(slate).size < slate.length ||
      (!isForbidden(seen, giftCard) && slate.at(-1) !== giftCard)
    );
  };
  return {
    see: (seen) => {
      slates++;
      if (breaksRule(seen)) violations++;
      const { user, at, slate } = seen;
      for (const item of slate) {
        const key = keyOf(user, item);
        shown.set(key, [...(shown.get(key) ?? []).filter((time) => time > at - day), at]);
      }
      for (const { itemId, type } of seen.reactions) {
        const key = keyOf(user, itemId);
        // Showings count from the last event with the item on.
        shown.delete(key);
        if (type === "buy") bought.set(key, at);
      }
    },
    counts: () => ({ slates, violations }),
  };
}
