import { readdir } from "node:fs/promises";
import type { Item, User } from "../../../domain/catalogue.ts";
import type { ImportedEvent, ImportRow, Place, RowSource } from "../row.ts";
import { accept } from "../row-schema.ts";
import { invalidFile, unreadable } from "../text-source.ts";
import { createRatingSchema, type MovielensForm, type Rating } from "./form.ts";
import { form1m } from "./form-1m.ts";
import { form100k } from "./form-100k.ts";
import { formLatestSmall } from "./form-latest-small.ts";
import { type ReadRow, readFile } from "./read-file.ts";

const forms = [form100k, form1m, formLatestSmall];

const filesOf = ({ ratings, movies, users }: MovielensForm): readonly string[] =>
  [ratings, movies, users].flatMap((file) => (file === undefined ? [] : [file.name]));

async function findForm(folder: string): Promise<MovielensForm> {
  const present = await readdir(folder).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  const missing = (form: MovielensForm) => filesOf(form).filter((name) => !present.includes(name));
  const complete = forms.find((form) => missing(form).length === 0);
  if (complete !== undefined) return complete;
  const gaps = forms.map(
    (form) => `for the form ${form.name} it lacks ${missing(form).join(", ")}`,
  );
  throw invalidFile(folder, `is no MovieLens folder: ${gaps.join("; ")}`);
}

/** Who rated, for a form without a file of users. */
function findRaters(ratings: readonly ReadRow<Rating>[]): ReadRow<User>[] {
  const raters = new Map<string, ReadRow<User>>();
  for (const row of ratings) {
    if ("reason" in row || raters.has(row.value.userId)) continue;
    const user = { userId: row.value.userId, attributes: {} };
    raters.set(user.userId, { file: row.file, line: row.line, value: user });
  }
  return [...raters.values()];
}

const toEvent = ({ userId, itemId, value, seconds }: Rating): ImportedEvent => ({
  eventId: `movielens:${userId}:${itemId}:${seconds}`,
  type: "rating",
  userId,
  itemId,
  value,
  occurredAt: seconds * 1000,
});

// Refused rows come first. The sort is stable: ratings of one second stay in the order of the file.
const timeOf = (row: ReadRow<Rating>) => ("value" in row ? row.value.seconds : -1);

interface MovielensRows {
  readonly items: readonly ReadRow<Item>[];
  readonly users: readonly ReadRow<User>[];
  readonly ratings: readonly ReadRow<Rating>[];
}

function* toImportRows({ items, users, ratings }: MovielensRows): Generator<ImportRow> {
  const placeOf = ({ file, line }: Place): Place => ({ file, line });
  for (const row of items) {
    yield { ...placeOf(row), ...accept(row, (item) => ({ kind: "item", item })) };
  }
  for (const row of users) {
    yield { ...placeOf(row), ...accept(row, (user) => ({ kind: "user", user })) };
  }
  for (const row of ratings) {
    yield {
      ...placeOf(row),
      ...accept(row, (rating) => ({ kind: "event", event: toEvent(rating) })),
    };
  }
}

/**
 * Items, users, then ratings in order of time. All are read before the first is yielded, since the
 * files are not in order of time; a million ratings take about 160 MB.
 *
 * @param options.now milliseconds since 1970
 * @throws invalid_file if the folder holds no complete form, or a file of it can't be read
 */
export async function readMovielens(
  folder: string,
  options: { readonly now: number; readonly signal: AbortSignal },
): Promise<RowSource> {
  const { now, signal } = options;
  const form = await findForm(folder);
  const items = await readFile(folder, form.movies, signal);
  const ratingFile = { ...form.ratings, schema: createRatingSchema(now) };
  const ratings = await readFile(folder, ratingFile, signal);
  const users = form.users ? await readFile(folder, form.users, signal) : findRaters(ratings);
  ratings.sort((a, b) => timeOf(a) - timeOf(b));
  const total = items.length + users.length + ratings.length;
  let given = 0;

  function* rows(): Generator<ImportRow> {
    for (const row of toImportRows({ items, users, ratings })) {
      given += 1;
      yield row;
    }
  }
  return { rows: rows(), inOrder: true, share: () => given / total, close: () => undefined };
}
