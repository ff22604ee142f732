import { type ItemId, type UserId, userId } from "../../../domain/ids.ts";
import type { CatalogueVisit, World } from "../../../domain/world.ts";
import { hashUniform } from "../../../numeric/hash.ts";
import { examination } from "../synthetic-truth.ts";
import { day, type Shelf } from "./shop-shelf.ts";
import { type ShopOptions, type ShopTruth, visitorOf } from "./shop-truth.ts";

type Visits = Pick<
  World<CatalogueVisit>,
  "itemsBefore" | "visit" | "react" | "expectedReward" | "bestSlate"
>;

/** Chance that a click is followed by a buy, of items of a low and a high price. */
const [cheap, dear] = [0.3, 0.1];
/** Reward of a buy beside that of its click. */
export const buyWeight = 4;
/** Of a day; a loop learns in the rest. */
const openSeconds = day - 600;

export const visitorId = (user: number): UserId => userId(`visitor-${user + 1}`);

/** Seconds since the first visit could be. */
export const secondsAt = (turn: number, visitsPerDay: number): number =>
  day * Math.floor(turn / visitsPerDay) +
  Math.floor(((turn % visitsPerDay) * openSeconds) / visitsPerDay);

/** Visits that depend on seed, turn and slate alone. */
export function createShopVisits(
  parts: { readonly truth: ShopTruth; readonly shelf: Shelf },
  options: ShopOptions & { readonly visitsPerDay: number },
): Visits {
  const { truth, shelf } = parts;
  const at = (turn: number) => secondsAt(turn, options.visitsPerDay);
  const everything = [...Array(shelf.count).keys()];
  const mood = (word: string, turn: number, position: number) =>
    hashUniform(`${options.seed}/${word}/${turn}/${position}`);
  const buyChance = (number: number) => (shelf.isCheap(number) ? cheap : dear);
  const worth = (user: number, number: number) =>
    truth.appeal(user, number) * (1 + buyWeight * buyChance(number));
  const reactTo = (turn: number, itemId: ItemId, position: number) => {
    const number = shelf.numberOf(itemId);
    const click = examination(position) * truth.appeal(visitorOf(turn, options), number);
    if (mood("click", turn, position) >= click) return [];
    const clicked = { itemId, type: "click", value: 1 };
    const isBought = mood("buy", turn, position) < buyChance(number);
    return isBought ? [clicked, { itemId, type: "buy", value: 1 }] : [clicked];
  };
  return {
    itemsBefore: (turn) =>
      everything
        .filter(
          (number) =>
            shelf.isInStock(number, at(Math.max(0, turn - 1))) !==
            shelf.isInStock(number, at(turn)),
        )
        .map((number) => shelf.describe(number, at(turn))),
    visit: (turn) => ({ userId: visitorId(visitorOf(turn, options)), context: {}, at: at(turn) }),
    react: (turn, slate) => slate.flatMap((item, position) => reactTo(turn, item, position)),
    expectedReward: (turn, slate) => {
      const user = visitorOf(turn, options);
      return slate.reduce(
        (sum, item, position) => sum + examination(position) * worth(user, shelf.numberOf(item)),
        0,
      );
    },
    bestSlate: (turn) => {
      const user = visitorOf(turn, options);
      return everything
        .filter((number) => shelf.isInStock(number, at(turn)))
        .map((number) => ({ number, worth: worth(user, number) }))
        .sort((left, right) => right.worth - left.worth)
        .slice(0, options.slateSize)
        .map(({ number }) => shelf.describe(number, 0).itemId);
    },
  };
}
