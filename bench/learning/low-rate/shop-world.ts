import type { Item } from "../../../src/domain/catalogue.ts";
import { type ItemId, itemId, userId } from "../../../src/domain/ids.ts";
import type { CatalogueVisit, World } from "../../../src/domain/world.ts";
import {
  createShopTruth,
  type ShopOptions,
  type ShopTruth,
  visitorOf,
} from "../../../src/lab/worlds/shop/shop-truth.ts";
import { examination } from "../../../src/lab/worlds/synthetic-truth.ts";
import { hashUniform } from "../../../src/numeric/hash.ts";
import { createRandom, type RandomStream } from "../../../src/numeric/random.ts";

/** Clicks of a user before the first visit, each on another item. */
const historyRange = { minimum: 3, maximum: 8 };

const idOf = (index: number) => itemId(`item-${index + 1}`);
const indexOf = (id: ItemId) => Number(id.slice("item-".length)) - 1;

const describe = ({ itemTopics, itemFormats }: ShopTruth, index: number): Item => ({
  itemId: idOf(index),
  categories: [`topic-${itemTopics[index]}`],
  attributes: { format: `format-${itemFormats[index]}` },
  available: true,
});

/** A user who looks through the catalogue at random. @returns items clicked */
function browse(appeal: (item: number) => number, items: number, random: RandomStream): number[] {
  const { minimum, maximum } = historyRange;
  const wanted = minimum + random.integer(maximum - minimum + 1);
  const clicked = new Set<number>();
  while (clicked.size < wanted) {
    const item = random.integer(items);
    if (random.uniform() < appeal(item)) clicked.add(item);
  }
  return [...clicked];
}

/**
 * A shop of few clicks, whose slates come from its whole catalogue. A user looks at position k with probability (1 + k)^−½. A visit has one
 * uniform number a position, so that policies are compared pair by pair.
 */
export function createLowRateShop(options: ShopOptions): World<CatalogueVisit> {
  const { seed, items: itemCount, slateSize } = options;
  const truth = createShopTruth(options);
  const users = Array.from({ length: options.users }, (_, index) => ({
    userId: userId(`user-${index + 1}`),
    attributes: {},
  }));
  const browsing = createRandom(seed).split("shop-history");
  const chances = (turn: number, slate: readonly ItemId[]) => {
    const user = visitorOf(turn, options);
    return slate.map((id, position) => examination(position) * truth.appeal(user, indexOf(id)));
  };
  const mood = (turn: number, position: number) => hashUniform(`${seed}/click/${turn}/${position}`);
  return {
    name: "low-rate",
    items: Array.from({ length: itemCount }, (_, index) => describe(truth, index)),
    users,
    history: users.flatMap(({ userId }, user) =>
      browse((item) => truth.appeal(user, item), itemCount, browsing).map((item) => ({
        userId,
        itemId: idOf(item),
        type: "click",
        value: 1,
      })),
    ),
    slateSize,
    rewards: { weights: { click: 1 }, minimum: 0, maximum: 1 },
    visit: (turn) => ({ userId: users[visitorOf(turn, options)]!.userId, context: {} }),
    react: (turn, slate) => {
      const probabilities = chances(turn, slate);
      const clicked = slate.filter(
        (_, position) => mood(turn, position) < probabilities[position]!,
      );
      return clicked.map((item) => ({ itemId: item, type: "click", value: 1 }));
    },
    expectedReward: (turn, slate) => chances(turn, slate).reduce((sum, chance) => sum + chance, 0),
    bestSlate: (turn) => {
      const user = visitorOf(turn, options);
      const ranked = [...Array(itemCount).keys()].sort(
        (a, b) => truth.appeal(user, b) - truth.appeal(user, a),
      );
      return ranked.slice(0, slateSize).map(idOf);
    },
  };
}
