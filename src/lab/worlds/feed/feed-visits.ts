import type { ItemId } from "../../../domain/ids.ts";
import type { CatalogueVisit, Reaction, World } from "../../../domain/world.ts";
import { hashUniform } from "../../../numeric/hash.ts";
import { examination } from "../synthetic-truth.ts";
import { createReturns, type Lot } from "./feed-returns.ts";
import type { FeedTruth } from "./feed-truth.ts";

type Visits = Pick<
  World<CatalogueVisit>,
  "visit" | "react" | "expectedReward" | "bestSlate" | "itemsBefore"
>;

const hour = 3600;
/** Seconds between two posts: 60 a day. */
const postSeconds = 24 * 60;
/** Posts at the first visit. */
export const firstPosts = 60;
/** Posts that are older are not shown. */
export const lifeHours = 72;

/** Chance that a post of a strange taste has its author hidden by a reader who looks at it. */
const [hides, strange] = [0.01, 0.2];

const numberOf = (item: ItemId) => Number(item.slice("post-".length)) - 1;
/** Seconds since the first visit of all. */
const madeAt = (number: number) => Math.max(0, number - firstPosts + 1) * postSeconds;
const postsBy = (at: number) => firstPosts + Math.floor(at / postSeconds);
const aliveAt = (at: number) =>
  Array.from({ length: postsBy(at) }, (_, number) => number).filter(
    (number) => at - madeAt(number) < lifeHours * hour,
  );

/** The visits of readers who come back the sooner, the more they liked: every slate changes the visits after it. */
export function createFeedVisits(
  truth: FeedTruth,
  { seed, slateSize }: { readonly seed: number; readonly slateSize: number },
): Visits {
  const { readers, post, likes, taste } = truth;
  const lot: Lot = (...words) => hashUniform([seed, ...words].join("/"));
  const returns = createReturns(readers.length, lot);
  const { begin } = returns;
  /** Of a slate's posts: how they fare with the reader of the visit. */
  const look = (slate: readonly ItemId[]) =>
    slate.map((item, position) => {
      const { current } = returns;
      const reader = readers[current.reader]!;
      const number = numberOf(item);
      const own = post(number);
      const ageHours = Math.max(0, current.at - madeAt(number)) / hour;
      return {
        item,
        position,
        chance: likes(reader, own, ageHours),
        isStrange: taste(reader, own) < strange,
      };
    });

  return {
    itemsBefore: (turn) => {
      const before = postsBy(returns.current.at);
      const { at } = begin(turn);
      return Array.from({ length: postsBy(at) - before }, (_, index) => post(before + index)).map(
        ({ item }) => item,
      );
    },
    visit: (turn) => {
      const { reader, at } = begin(turn);
      return { userId: readers[reader]!.userId, context: {}, at };
    },
    react: (turn, slate) => {
      const { reader, visits } = begin(turn);
      const mood = (word: string, position: number) => lot(word, reader, visits, position);
      const reactions = look(slate).flatMap(({ item: itemId, position, chance, isStrange }) => {
        if (mood("look", position) >= examination(position)) return [];
        if (mood("like", position) < chance) return [{ itemId, type: "like", value: 1 }];
        const isHidden = isStrange && mood("hide", position) < hides;
        return isHidden ? [{ itemId, type: "hide_author", value: 1 }] : [];
      });
      returns.end(reactions.filter(({ type }: Reaction) => type === "like").length);
      return reactions;
    },
    expectedReward: (_turn, slate) =>
      look(slate).reduce((sum, { position, chance }) => sum + examination(position) * chance, 0),
    bestSlate: (turn) => {
      const { at } = begin(turn);
      const ranked = look(aliveAt(at).map((number) => post(number).item.itemId));
      return ranked
        .sort((left, right) => right.chance - left.chance)
        .slice(0, slateSize)
        .map(({ item }) => item);
    },
  };
}
