import type { InteractionData } from "../../analysis/ranking/interaction-data.ts";
import { hashUniform } from "../../numeric/hash.ts";

/** An interaction of the data set: a user, and its place among that user's. */
export interface Consumption {
  readonly user: number;
  readonly place: number;
}

/** First half of each user's interactions, and second half, each in one order for all users. */
export interface CatalogueStream {
  readonly behaviour: readonly Consumption[];
  readonly visited: readonly Consumption[];
}

/** Data that know one time a user, or none, don't order users. */
const knowsTimes = ({ times }: InteractionData): boolean =>
  times?.some((own) => own[0] !== own[own.length - 1]) ?? false;

/** Places of a user's interactions from one to another. */
interface Stretch {
  readonly user: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Times of the data, or else an even spread: interaction k of a stretch of m is at (k + lot)/m, with a lot of each user in
 * [0, 1), so that users come in turns from beginning to end.
 */
function inOrder(stretches: readonly Stretch[], data: InteractionData): readonly Consumption[] {
  const isTimed = knowsTimes(data);
  const timed = stretches.flatMap(({ user, from, to }) => {
    const lot = hashUniform(`interleave/${data.users[user]!.userId}`);
    return Array.from({ length: to - from }, (_, index) => ({
      user,
      place: from + index,
      time: isTimed ? data.times![user]![from + index]! : (index + lot) / (to - from),
    }));
  });
  // The sort is stable: interactions of one time keep their user's order.
  return timed.sort((a, b) => a.time - b.time);
}

/** Halves each user's interactions; the second half has the odd one. */
export function createStream(data: InteractionData): CatalogueStream {
  const halves = data.sequences.map(({ length }, user) => ({
    user,
    half: Math.floor(length / 2),
    length,
  }));
  return {
    behaviour: inOrder(
      halves.map(({ user, half }) => ({ user, from: 0, to: half })),
      data,
    ),
    visited: inOrder(
      halves.map(({ user, half, length }) => ({ user, from: half, to: length })),
      data,
    ),
  };
}
