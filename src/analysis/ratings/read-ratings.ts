import { basename, resolve } from "node:path";
import { EngineError } from "../../domain/errors.ts";
import { createNumbering } from "../ranking/interaction-data.ts";
import { openEvents, type ReadingOptions } from "../ranking/read-interactions.ts";

/** One user's rating of one item, both by number. */
export interface UserRating {
  readonly user: number;
  readonly item: number;
  readonly value: number;
  /** ω > 0 of its squared error; default 1. An inverse propensity undoes a selection of what was rated (Schnabel et al. 2016). */
  readonly weight?: number;
}

/** Ratings of a data set, in the order of its file. */
export interface RatingData {
  /** Of the folder or file, and its form. */
  readonly name: string;
  readonly form: string;
  readonly ratings: readonly UserRating[];
  /** Ids by number. */
  readonly users: readonly string[];
  readonly items: readonly string[];
  /** Events that a later one of the same user and item replaced. */
  readonly replaced: number;
  readonly refused: number;
}

const ratingType = "rating";

/**
 * The events of type `rating` in a MovieLens folder or a file of events; of a user's ratings of an item the last.
 * @throws invalid_file if it is neither; invalid_request without ratings
 */
export async function readRatings(path: string, options: ReadingOptions): Promise<RatingData> {
  const { rows, form, close } = await openEvents(path, options);
  const [users, items] = [createNumbering(), createNumbering()];
  const byPair = new Map<string, UserRating>();
  let [count, refused] = [0, 0];
  try {
    for await (const row of rows) {
      if (row.kind === "refused") refused += 1;
      if (row.kind !== "event" || row.event.type !== ratingType) continue;
      const [user, item] = [users.of(row.event.userId), items.of(row.event.itemId)];
      byPair.set(`${user} ${item}`, { user, item, value: row.event.value });
      count += 1;
    }
  } finally {
    close();
  }
  const name = basename(resolve(path));
  if (count === 0) {
    const message = `${name} has no events of type '${ratingType}'; name data whose events are ratings`;
    throw new EngineError("invalid_request", message, { details: { field: "data", value: path } });
  }
  const ratings = [...byPair.values()];
  const replaced = count - ratings.length;
  return { name, form, ratings, users: users.ids(), items: items.ids(), replaced, refused };
}
