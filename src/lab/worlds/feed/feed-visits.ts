import type { ItemId } from "../../../domain/ids.ts";
import type { CatalogueVisit, Reaction, World } from "../../../domain/world.ts";
import { hashUniform } from "../../../numeric/hash.ts";
import { examination } from "../synthetic-truth.ts";
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

/** Mean hours until a reader comes back who liked nothing, and the share that each like of the session leaves of them. */
const [meanAway, leftByLike] = [30, 0.65];
const mostLikes = 4;
/** Chance that a session goes on, with likes and without. */
const goesOn = { liked: 0.7, bored: 0.2 };
/** Chance that a post of a strange taste has its author hidden by a reader who looks at it. */
const [hides, strange] = [0.01, 0.2];

/** A reader's next visit. */
interface Next {
  /** Seconds since the first visit of all. */
  at: number;
  visits: number;
  /** Of the session so far. */
  likes: number;
}

/** The visits of readers who come back the sooner, the more they liked: every slate changes what comes after. */
export function createFeedVisits(
  truth: FeedTruth,
  { seed, slateSize }: { readonly seed: number; readonly slateSize: number },
): Visits {
  const { readers, post, likes, taste } = truth;
  const lot = (...parts: readonly (string | number)[]) => hashUniform([seed, ...parts].join("/"));
  const next = readers.map(
    (_, reader): Next => ({
      at: Math.floor(lot("first", reader) * 24 * hour),
      visits: 0,
      likes: 0,
    }),
  );
  const numberOf = (item: ItemId) => Number(item.slice("post-".length)) - 1;
  const madeAt = (number: number) => Math.max(0, number - firstPosts + 1) * postSeconds;
  const postsBy = (at: number) => firstPosts + Math.floor(at / postSeconds);
  let current = { turn: -1, reader: -1, at: 0 };
  let reacted = -1;

  function begin(turn: number): void {
    if (turn === current.turn) return;
    if (turn !== current.turn + 1 || reacted !== current.turn)
      throw new RangeError(`visits come in order: turn ${turn} after ${current.turn}`);
    const reader = next.reduce((first, { at }, index) => (at < next[first]!.at ? index : first), 0);
    current = { turn, reader, at: Math.max(next[reader]!.at, current.at + 1) };
  }

  /** Of a slate's posts: how they fare with the reader of the visit. */
  const look = (slate: readonly ItemId[]) =>
    slate.map((item, position) => {
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

  function moveOn(liked: number): void {
    const { reader, at } = current;
    const state = next[reader]!;
    const chance = (what: string) => lot(what, reader, state.visits);
    state.likes += liked;
    if (chance("stay") < (liked > 0 ? goesOn.liked : goesOn.bored)) {
      state.at = at + 60 + Math.floor(120 * chance("pause"));
    } else {
      const mean = meanAway * leftByLike ** Math.min(mostLikes, state.likes) * hour;
      state.at = at + hour + Math.floor(-Math.log(1 - chance("away")) * mean);
      state.likes = 0;
    }
    state.visits++;
  }

  return {
    itemsBefore: (turn) => {
      const before = postsBy(current.at);
      begin(turn);
      return Array.from({ length: postsBy(current.at) - before }, (_, index) =>
        post(before + index),
      ).map(({ item }) => item);
    },
    visit: (turn) => {
      begin(turn);
      return { userId: readers[current.reader]!.userId, context: {}, at: current.at };
    },
    react: (turn, slate) => {
      begin(turn);
      const { reader } = current;
      const { visits } = next[reader]!;
      const mood = (what: string, position: number) => lot(what, reader, visits, position);
      const reactions = look(slate).flatMap(({ item: itemId, position, chance, isStrange }) => {
        if (mood("look", position) >= examination(position)) return [];
        if (mood("like", position) < chance) return [{ itemId, type: "like", value: 1 }];
        const isHidden = isStrange && mood("hide", position) < hides;
        return isHidden ? [{ itemId, type: "hide_author", value: 1 }] : [];
      });
      moveOn(reactions.filter(({ type }: Reaction) => type === "like").length);
      reacted = turn;
      return reactions;
    },
    expectedReward: (_turn, slate) =>
      look(slate).reduce((sum, { position, chance }) => sum + examination(position) * chance, 0),
    bestSlate: (turn) => {
      begin(turn);
      const alive = Array.from({ length: postsBy(current.at) }, (_, number) => number).filter(
        (number) => current.at - madeAt(number) < lifeHours * hour,
      );
      const ranked = look(alive.map((number) => post(number).item.itemId));
      return ranked
        .sort((left, right) => right.chance - left.chance)
        .slice(0, slateSize)
        .map(({ item }) => item);
    },
  };
}
