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
/** e⁵ multiplies the odds by 148. */
const maxBoost = 5;
const maxSlate = 50;

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

const boost = z.strictObject({
  filter: filterText,
  add: z
    .number("must be a finite number")
    .min(-maxBoost, `must be from ${-maxBoost} to ${maxBoost}, in log-odds`)
    .max(maxBoost, `must be from ${-maxBoost} to ${maxBoost}, in log-odds`),
});
const pin = z.strictObject({ itemId: name, position: integer(0, maxSlate - 1) });
const fieldOf = (fields: string): z.ZodString =>
  name.refine(isField, `must be ${fields} or the path of an attribute, such as brand`);
/** Of a field whose values group items. */
export const fieldPath: z.ZodString = fieldOf("category");
const cap = z.strictObject({
  by: fieldPath,
  most: integer(1, maxSlate),
});

function isField(text: string): boolean {
  return text.split(".").every((part) => part !== "") && text !== "created" && text !== "itemId";
}

/** Refuses an entry that repeats a value of one before it. */
const refuseRepeats =
  <Entry>(field: keyof Entry & string, remedy: string) =>
  (entries: readonly Entry[], context: z.RefinementCtx): void => {
    const values = entries.map((entry) => entry[field]);
    for (const [index, value] of values.entries()) {
      if (values.indexOf(value) === index) continue;
      context.addIssue({ code: "custom", path: [index, field], message: remedy });
    }
  };

/** A pin that the same rules forbid could never hold. */
function refuseExcluded(
  { pins = [], exclude = [] }: ItemRules,
  context: Pick<z.RefinementCtx, "addIssue">,
): void {
  for (const [index, { itemId }] of pins.entries()) {
    if (!exclude.includes(itemId)) continue;
    const message = "is excluded by the same rules; take it out of one of them";
    context.addIssue({ code: "custom", path: ["pins", index, "itemId"], message });
  }
}

const itemFields = {
  filter: optional(filterText),
  exclude: optional(list(name, maxExcluded)),
  boosts: optional(list(boost, maxRules)),
  pins: optional(
    list(pin, maxSlate)
      .superRefine(refuseRepeats("position", "another pin has this position; give each its own"))
      .superRefine(refuseRepeats("itemId", "another pin has this item; pin each item once")),
  ),
  caps: optional(
    list(cap, maxRules).superRefine(
      refuseRepeats("by", "another cap counts by this field; write one for each"),
    ),
  ),
};

export const itemRules: z.ZodType<ItemRules> = exactly<ItemRules>()(
  z.strictObject(itemFields).superRefine(refuseExcluded).meta({ id: "ItemRules" }),
);

const repetition = z.strictObject({
  showings: integer(1, 1000),
  hours: above0(maxHours),
  unless: types,
  by: optional(fieldPath),
});

const below0 = `must be from ${-maxBoost} to below 0, in log-odds; leave it out to leave the items out`;
const aversion = z.strictObject({
  types: list(name, maxRules).min(1, "must not be empty; name the events that turn an item down"),
  by: z.union([z.literal("itemId"), fieldOf("itemId, category")]),
  days: optional(above0(maxDays)),
  add: optional(z.number(below0).min(-maxBoost, below0).lt(0, below0)),
  unless: types,
});

const additionRange = `must be above 0, at most ${maxBoost}, in log-odds`;
const newcomer = z.strictObject({
  by: fieldPath,
  days: above0(maxDays),
  add: z.number(additionRange).positive(additionRange).max(maxBoost, additionRange),
});

/** A power of 9: a second item with all features of one above has a millionth of its odds. */
const maxDiversity = 0.9;
const diversityRange = `must be a number from 0, for none, to ${maxDiversity}`;

export const scenarioRules: z.ZodType<ScenarioRules> = exactly<ScenarioRules>()(
  z
    .strictObject({
      ...itemFields,
      repetition: optional(list(repetition, maxRules)),
      aversions: optional(list(aversion, maxRules)),
      newcomers: optional(list(newcomer, maxRules)),
      diversity: optional(
        z.number(diversityRange).min(0, diversityRange).max(maxDiversity, diversityRange),
      ),
    })
    .superRefine(refuseExcluded),
);
