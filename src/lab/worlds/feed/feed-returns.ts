const hour = 3600;
/** Mean hours until a reader comes back who liked nothing, and the share that each like of the session leaves of them. */
const [meanAway, leftByLike] = [30, 0.65];
const mostLikes = 4;
/** Chance that a session continues, with likes and without. */
const continues = { liked: 0.7, bored: 0.2 };

/** The next visit of a reader. */
interface NextVisit {
  /** Seconds since the first visit of all. */
  at: number;
  visits: number;
  /** Of the session so far. */
  likes: number;
}

/** The visit that is under way. */
export interface FeedVisit {
  readonly turn: number;
  readonly reader: number;
  /** Seconds since the first visit of all. */
  readonly at: number;
  /** Earlier visits of the reader. */
  readonly visits: number;
}

/** Uniform in [0, 1), the same for the same words. */
export type Lot = (...words: readonly (string | number)[]) => number;

/** Who comes next, and when: the sooner, the more a reader liked. Visits come in order. */
export function createReturns(readers: number, lot: Lot) {
  const next = Array.from(
    { length: readers },
    (_, reader): NextVisit => ({
      at: Math.floor(lot("first", reader) * 24 * hour),
      visits: 0,
      likes: 0,
    }),
  );
  let current: FeedVisit = { turn: -1, reader: -1, at: 0, visits: 0 };
  let ended = -1;
  return {
    get current(): FeedVisit {
      return current;
    },
    /** @throws RangeError */
    begin: (turn: number): FeedVisit => {
      if (turn === current.turn) return current;
      if (turn !== current.turn + 1 || ended !== current.turn)
        throw new RangeError(`visits come in order: turn ${turn} after ${current.turn}`);
      const soonest = next.reduce((first, one) => (one.at < first.at ? one : first));
      const at = Math.max(soonest.at, current.at + 1);
      current = { turn, reader: next.indexOf(soonest), at, visits: soonest.visits };
      return current;
    },
    /** @param liked posts of the visit */
    end: (liked: number): void => {
      const { reader, at, visits } = current;
      const state = next[reader]!;
      state.likes += liked;
      if (lot("stay", reader, visits) < (liked > 0 ? continues.liked : continues.bored)) {
        state.at = at + 60 + Math.floor(120 * lot("pause", reader, visits));
      } else {
        const mean = meanAway * leftByLike ** Math.min(mostLikes, state.likes) * hour;
        state.at = at + hour + Math.floor(-Math.log(1 - lot("away", reader, visits)) * mean);
        state.likes = 0;
      }
      state.visits++;
      ended = current.turn;
    },
  };
}
