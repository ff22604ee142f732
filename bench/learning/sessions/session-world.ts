import type { RandomStream } from "../../../src/numeric/random.ts";

/** Outcome of a slate. */
export interface SessionResponse {
  /** Place in the slate of the item that the user consumed; −1 if it was none. */
  readonly consumed: number;
  /** Reward of the step: 1 a consumed item, or its watch time in minutes. */
  readonly reward: number;
  /**
   * Quality of the consumed item as the user reports it; 0 if none was consumed or the world
   * reports none.
   */
  readonly quality: number;
}

/** One session of one user, step by step. A policy may see all fields, unless said otherwise. */
export interface Session {
  /** The user has left; `choose` may not be called any more. */
  readonly over: boolean;
  /** Liking of each topic now, in [−1, 1]. */
  readonly interests: Readonly<Float64Array>;
  /** Item number of each candidate of this step. */
  readonly candidates: Readonly<Int32Array>;
  /**
   * Shows the candidates of these places and moves to the next step.
   * @throws RangeError if the session is over or the slate isn't the required number of different
   * places among the candidates
   */
  choose(slate: readonly number[]): SessionResponse;
  /** The quality of each candidate, which no policy can know; for ceilings in reports. */
  readonly trueQualities: Readonly<Float64Array>;
}

/**
 * A world in which consumption changes later steps, so the best choice looks ahead. A session
 * depends on the world's seed, its own number and the slates so far: every policy meets the same
 * users, candidates and luck.
 */
export interface SessionWorld {
  readonly name: string;
  readonly topicCount: number;
  readonly slateSize: number;
  /** Topic of each item number. */
  readonly topics: Readonly<Int32Array>;
  /** Session number `index` ≥ 0, from its first step. */
  start(index: number): Session;
}

/**
 * Places of a slate among the candidates of the next step.
 * @param random a stream for this session alone
 */
export type SessionPolicy = (session: Session, random: RandomStream) => readonly number[];

export interface SessionResult {
  /** Sum of the rewards. */
  readonly total: number;
  readonly steps: number;
  readonly consumed: number;
}

/** Plays one session to its end. @param random the policy's own chance, so that the session's stays the same */
export function playSession(
  session: Session,
  policy: SessionPolicy,
  random: RandomStream,
): SessionResult {
  let total = 0;
  let steps = 0;
  let consumed = 0;
  while (!session.over) {
    const response = session.choose(policy(session, random));
    total += response.reward;
    steps++;
    if (response.consumed >= 0) consumed++;
  }
  return { total, steps, consumed };
}

/** @throws RangeError */
export function checkSlate(
  slate: readonly number[],
  { over, candidates }: Pick<Session, "over" | "candidates">,
  slateSize: number,
): void {
  if (over) throw new RangeError("this session is over: start another one");
  const known = slate.every((place) => Number.isInteger(place) && candidates[place] !== undefined);
  if (slate.length === slateSize && new Set(slate).size === slateSize && known) return;
  throw new RangeError(
    `a slate must be ${slateSize} different places below ${candidates.length}, got [${slate.join(", ")}]`,
  );
}
