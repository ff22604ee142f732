import { z } from "zod";
import type { Item, User } from "../../../domain/catalogue.ts";
import { type ItemId, itemId, type UserId, userId } from "../../../domain/ids.ts";
import { name } from "../../../engine/input/fields.ts";
import { createTimeSchema } from "../event-time.ts";
import type { Layout } from "../read-delimited.ts";

/** One file of a form. A row becomes an object with `columns` as its keys, which the schema reads. */
export interface MovielensFile<T> {
  readonly name: string;
  readonly layout: Layout;
  readonly columns: readonly string[];
  /** Whether the first row holds the names of the columns. */
  readonly hasHeader: boolean;
  readonly schema: z.ZodType<T>;
}

/** One of the forms in which MovieLens is published (Harper & Konstan 2015). */
export interface MovielensForm {
  readonly name: string;
  readonly ratings: Omit<MovielensFile<Rating>, "schema">;
  readonly movies: MovielensFile<Item>;
  /** Absent if a form has nothing about its users except ratings. */
  readonly users?: MovielensFile<User>;
}

export interface Rating {
  readonly userId: UserId;
  readonly itemId: ItemId;
  /** Stars, 0.5 to 5. */
  readonly value: number;
  /** Seconds since 1970. */
  readonly seconds: number;
}

/** A number as text. */
export const decimal: z.ZodType<number> = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, "must be a number")
  .transform(Number);

export const ratingColumns: readonly string[] = ["userId", "movieId", "rating", "timestamp"];

/** The same in all forms. @param now milliseconds since 1970: no rating is from later */
export const createRatingSchema = (now: number): z.ZodType<Rating> => {
  const time = createTimeSchema(now);
  return z
    .object({
      userId: name.transform(userId),
      movieId: name.transform(itemId),
      rating: decimal.pipe(z.number().min(0.5, "is below 0.5").max(5, "is above 5")),
      timestamp: decimal
        .pipe(z.int("must be whole seconds"))
        .refine(
          (seconds) => time.safeParse(seconds * 1000).success,
          "is no time in seconds since 1970",
        ),
    })
    .transform((row) => ({
      userId: row.userId,
      itemId: row.movieId,
      value: row.rating,
      seconds: row.timestamp,
    }));
};

export const title: z.ZodType<string> = z.string().trim().min(1, "is empty");

/** A title ends in its year, as "Toy Story (1995)"; a few have none, a few say more after it. */
export function toItem(movieId: string, title: string, categories: readonly string[]): Item {
  const year = /.*\((\d{4})\)/.exec(title)?.[1];
  const attributes = year === undefined ? { title } : { title, year: Number(year) };
  return { itemId: itemId(movieId), categories, attributes, available: true };
}

export const movieColumns: readonly string[] = ["movieId", "title", "genres"];

/** A movie with its genres in one field. */
export const movieSchema: z.ZodType<Item> = z
  .object({
    movieId: name,
    title,
    genres: z
      .string()
      .transform((genres) => (genres === "(no genres listed)" ? [] : genres.split("|")))
      .pipe(z.array(name)),
  })
  .transform((movie) => toItem(movie.movieId, movie.title, movie.genres));
