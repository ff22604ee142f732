import { z } from "zod";
import { integer, seed } from "./fields.ts";
import { refuseInput } from "./parse-input.ts";
import { describeProblems } from "./schema-problems.ts";

// Options of functions hold functions and open stores, which are no JSON: they are checked and passed on as they are.

type Check = z.ZodType;

export const aFunction: Check = z.custom(
  (value) => typeof value === "function",
  "must be a function",
);

const hasMember = (value: unknown, member: string) =>
  typeof value === "object" && value !== null && member in value;

/** An object that another function of the library made. */
export const madeBy = (source: string, ...members: readonly string[]): Check =>
  z.custom(
    (value) => members.every((member) => hasMember(value, member)),
    `must be the result of ${source}`,
  );

export const aStore: Check = madeBy("openStore", "decisions", "learnAlone");
export const aConfiguration: Check = madeBy("parseConfiguration", "scenarios", "learner");
export const aScenario: Check = madeBy("parseConfiguration", "name", "reward");
export const aSignal: Check = z.custom(
  (value) => hasMember(value, "aborted"),
  "must be the signal of an AbortController",
);
export const someText: Check = z.string("must be text").min(1, "must not be empty");
export const wholeMilliseconds: Check = z.int("must be whole milliseconds since 1970");

/** Options of every function that trains on a record. */
export const learnerChecks: Readonly<Record<string, Check>> = {
  store: aStore,
  configuration: aConfiguration,
  clock: aFunction,
  seed,
  threads: integer(1, 256),
};

/** Before anything is begun. @throws invalid_request */
export function checkOptions(options: unknown, checks: Readonly<Record<string, Check>>): void {
  const parsed = z.looseObject(checks).safeParse(options);
  if (!parsed.success) throw refuseInput(describeProblems(parsed.error, options), {});
}
