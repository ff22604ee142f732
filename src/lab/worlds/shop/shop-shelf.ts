import type { Item } from "../../../domain/catalogue.ts";
import { type ItemId, itemId } from "../../../domain/ids.ts";
import { hashUniform } from "../../../numeric/hash.ts";
import type { ShopTruth } from "./shop-truth.ts";

export const day = 86_400;
const brands = 24;
/** The shop's own. */
export const ownBrand = "brand-1";
/** An item that the shop shows at the end of each slate. */
export const giftCard: ItemId = itemId("gift-card");

/** Days between two deliveries of an item, and the share of them that it is sold out. */
const [leastDays, moreDays, soldOut] = [3, 4, 0.12];

/** Items as the shop describes them, with their stock at a time in seconds since the first visit. */
export interface Shelf {
  /** The first is the gift card. */
  readonly count: number;
  numberOf(item: ItemId): number;
  brandOf(number: number): string;
  isCheap(number: number): boolean;
  isInStock(number: number, at: number): boolean;
  describe(number: number, at: number): Item;
}

/** @param items the gift card included */
export function createShelf(
  { itemTopics, itemFormats }: ShopTruth,
  { seed, items }: { readonly seed: number; readonly items: number },
): Shelf {
  /** Drawn once: a visit asks for the stock of all. */
  const draw = (word: string) => {
    const lots = Float64Array.from({ length: items }, (_, n) =>
      hashUniform(`${seed}/${word}/${n}`),
    );
    return (number: number) => lots[number] ?? Number.NaN;
  };
  const lots = { brand: draw("brand"), price: draw("price"), period: draw("period") };
  const phase = draw("phase");
  const idOf = (number: number) => (number === 0 ? giftCard : itemId(`item-${number}`));
  const brandOf = (number: number) =>
    number === 0 ? ownBrand : `brand-${1 + Math.floor(lots.brand(number) * brands)}`;
  const isCheap = (number: number) => lots.price(number) < 0.5;
  const isInStock = (number: number, at: number) => {
    if (number === 0) return true;
    const period = (leastDays + moreDays * lots.period(number)) * day;
    return ((at / period + phase(number)) % 1) + soldOut < 1;
  };
  return {
    count: items,
    brandOf,
    isCheap,
    isInStock,
    numberOf: (item) => (item === giftCard ? 0 : Number(item.slice("item-".length))),
    describe: (number, at) => ({
      itemId: idOf(number),
      categories: [`topic-${itemTopics[number]}`],
      attributes: {
        format: `format-${itemFormats[number]}`,
        brand: brandOf(number),
        price: isCheap(number) ? "low" : "high",
        stock: isInStock(number, at),
      },
      available: true,
    }),
  };
}
