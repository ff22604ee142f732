import { expect, test } from "vitest";
import { shopConfiguration } from "../../../tests/support/shop.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { warnOfTypes } from "./event-types.ts";

const { scenarios } = parseConfiguration(shopConfiguration());
const warnOf = (...types: string[]) => warnOfTypes(scenarios, types);

test.each(["clik", "clicks", "Click", "clcik", "CLICK"])(
  "'%s' is taken for a misspelt 'click'",
  (type) => {
    expect(warnOf(type)).toEqual([`events of type '${type}' train nothing: did you mean 'click'?`]);
  },
);

test("another word gets the types that are weighed, and a way to say that it is meant", () => {
  expect(warnOf("view")).toEqual([
    "events of type 'view' train nothing: no scenario's reward has a weight for it, only for click, buy; give it a weight, 0 if it must not train",
  ]);
  expect(warnOf("constructor")).toHaveLength(1);
});

test("a weighed type is no matter, also where its weight is 0", () => {
  const reward = { weights: { click: 1, view: 0 }, windowSeconds: 600, maximum: 5 };
  const configured = parseConfiguration(shopConfiguration({ scenario: { reward } }));
  expect(warnOfTypes(configured.scenarios, ["click", "view"])).toEqual([]);
});

test("the type that says that an item was viewed is no matter, and a misspelt one gets it", () => {
  const reward = { weights: { click: 1 }, viewedType: "viewed", windowSeconds: 600, maximum: 5 };
  const configured = parseConfiguration(shopConfiguration({ scenario: { reward } }));
  expect(warnOfTypes(configured.scenarios, ["viewed"])).toEqual([]);
  expect(warnOfTypes(configured.scenarios, ["veiwed"])).toEqual([
    "events of type 'veiwed' train nothing: did you mean 'viewed'?",
  ]);
});

test("each type is named once, and ten at most", () => {
  expect(warnOf("clik", "click", "clik")).toHaveLength(1);
  expect(warnOf(...Array.from({ length: 30 }, (_, index) => `type-${index}`))).toHaveLength(10);
});
