import { z } from "zod";
import type { User } from "../../../domain/catalogue.ts";
import { userId } from "../../../domain/ids.ts";
import { name } from "../../../engine/input/fields.ts";
import type { Layout } from "../read-delimited.ts";
import { decimal, type MovielensForm, ratingColumns, title, toItem } from "./form.ts";

const layout: Layout = { delimiter: "|", encoding: "latin1", quoted: false };

// In the order of their flags in u.item. A movie flagged "unknown" has no other.
const genres = [
  "unknown",
  "Action",
  "Adventure",
  "Animation",
  "Children's",
  "Comedy",
  "Crime",
  "Documentary",
  "Drama",
  "Fantasy",
  "Film-Noir",
  "Horror",
  "Musical",
  "Mystery",
  "Romance",
  "Sci-Fi",
  "Thriller",
  "War",
  "Western",
];

const isFlag = (value: unknown) => value === "0" || value === "1";

const movieSchema = z
  .looseObject({ movieId: name, title })
  .refine(
    (movie) => genres.every((genre) => isFlag(movie[genre])),
    "has a genre flag that is neither 0 nor 1",
  )
  .transform((movie) => {
    const categories = genres.filter((genre) => genre !== "unknown" && movie[genre] === "1");
    return toItem(movie.movieId, movie.title, categories);
  });

const userSchema = z
  .object({ userId: name, age: decimal, gender: name, occupation: name })
  .transform(({ userId: id, ...attributes }): User => ({ userId: userId(id), attributes }));

export const form100k: MovielensForm = {
  name: "100k",
  ratings: {
    name: "u.data",
    layout: { ...layout, delimiter: "\t" },
    columns: ratingColumns,
    hasHeader: false,
  },
  movies: {
    name: "u.item",
    layout,
    columns: ["movieId", "title", "releaseDate", "videoReleaseDate", "imdbUrl", ...genres],
    hasHeader: false,
    schema: movieSchema,
  },
  users: {
    name: "u.user",
    layout,
    columns: ["userId", "age", "gender", "occupation", "zipCode"],
    hasHeader: false,
    schema: userSchema,
  },
};
