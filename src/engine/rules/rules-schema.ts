import { z } from "zod";
import type { ItemRules, ScenarioRules, SeenRule } from "../../domain/rules.ts";
import { exactly } from "../input/exactly.ts";
import { integer, name, optional } from "../input/fields.ts";
import { FilterProblem } from "./filter-tokens.ts";
import { filterOf, maxFilterLength } from "./parse-filter.ts";

// Rules as a configuration or a request writes them.

/** Of a list: a request compares each with the catalogue. */
const maxExcluded = 1000;
const maxRules = 20;
/** A year and ten years. */
const maxHours = 8760;
const maxDays = 3650;

function refuseUnparsed(text: string, context: z.RefinementCtx): void {
  try {
    filterOf(text);
  } catch (problem) {
    if (!(problem instanceof FilterProblem)) throw problem;
    const message = `${problem.message}; correct the filter there`;
    context.addIssue({ code: "custom", message });
  }
}

const filterText = z
  .string("must be text, a filter")
  .max(maxFilterLength, `must not be longer than ${maxFilterLength} characters`)
  .superRefine(refuseUnparsed);

const list = <Entry extends z.ZodType>(entry: Entry, most: number) =>
  z.array(entry, `must be a list of at most ${most}`).max(most);

const above0 = (most: number) => {
  const message = `must be a number above 0, at most ${most}`;
  return z.number(message).positive(message).max(most, message);
};

const types = optional(
  list(name, maxRules).min(1, "must not be empty; leave it out for all types"),
);

export const seenRules: z.ZodType<readonly SeenRule[]> = exactly<readonly SeenRule[]>()(
  list(z.strictObject({ types, days: optional(above0(maxDays)) }), maxRules).min(
    1,
    "must not be empty; write false",
  ),
);

const itemFields = {
  filter: optional(filterText),
  exclude: optional(list(name, maxExcluded)),
};

export const itemRules: z.ZodType<ItemRules> = exactly<ItemRules>()(
  z.strictObject(itemFields).meta({ id: "ItemRules" }),
);

const repetition = z.strictObject({
  showings: integer(1, 1000),
  hours: above0(maxHours),
  unless: types,
});

export const scenarioRules: z.ZodType<ScenarioRules> = exactly<ScenarioRules>()(
  z.strictObject({ ...itemFields, repetition: optional(list(repetition, maxRules)) }),
);
