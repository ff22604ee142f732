import type { Layout } from "../read-delimited.ts";
import { type MovielensForm, movieColumns, movieSchema, ratingColumns } from "./form.ts";

const layout: Layout = { delimiter: ",", encoding: "utf8", quoted: true };

/** Also the form of the larger "latest" sets and of 25M and 32M. */
export const formLatestSmall: MovielensForm = {
  name: "latest-small",
  ratings: { name: "ratings.csv", layout, columns: ratingColumns, hasHeader: true },
  movies: {
    name: "movies.csv",
    layout,
    columns: movieColumns,
    hasHeader: true,
    schema: movieSchema,
  },
};
