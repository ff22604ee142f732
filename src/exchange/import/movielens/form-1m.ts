import { z } from "zod";
import type { User } from "../../../domain/catalogue.ts";
import { userId } from "../../../domain/ids.ts";
import { name } from "../../../engine/input/fields.ts";
import type { Layout } from "../read-delimited.ts";
import { decimal, type MovielensForm, movieColumns, movieSchema, ratingColumns } from "./form.ts";

const layout: Layout = { delimiter: "::", encoding: "latin1", quoted: false };

// The codes of users.dat, from the README of the data set.
const occupations = [
  "other",
  "academic/educator",
  "artist",
  "clerical/admin",
  "college/grad student",
  "customer service",
  "doctor/health care",
  "executive/managerial",
  "farmer",
  "homemaker",
  "K-12 student",
  "lawyer",
  "programmer",
  "retired",
  "sales/marketing",
  "scientist",
  "self-employed",
  "technician/engineer",
  "tradesman/craftsman",
  "unemployed",
  "writer",
];

const occupation = decimal
  .refine((code) => code in occupations, `must be a code below ${occupations.length}`)
  .transform((code) => occupations[code] ?? "");

const userSchema = z
  .object({ userId: name, gender: name, age: decimal, occupation })
  .transform(({ userId: id, ...attributes }): User => ({ userId: userId(id), attributes }));

/** `age` is the lowest age of a bracket: 1, 18, 25, 35, 45, 50, 56. */
export const form1m: MovielensForm = {
  name: "1M",
  ratings: { name: "ratings.dat", layout, columns: ratingColumns, hasHeader: false },
  movies: {
    name: "movies.dat",
    layout,
    columns: movieColumns,
    hasHeader: false,
    schema: movieSchema,
  },
  users: {
    name: "users.dat",
    layout,
    columns: ["userId", "gender", "age", "occupation", "zipCode"],
    hasHeader: false,
    schema: userSchema,
  },
};
