import { z } from "zod";
import { EngineError, type ErrorCode } from "../../domain/errors.ts";
import { copyJson, JsonProblem } from "./copy-json.ts";
import {
  describeProblems,
  formatPath,
  maxProblems,
  type SchemaProblem,
  whole,
} from "./schema-problems.ts";

/**
 * Source of the input, as messages name it; a call of the library names its argument in the field.
 */
export interface InputPlace {
  readonly place?: string;
  /** Further text of the message. */
  readonly hint?: string;
}

/** A schema states the rule, for files and calls alike; a call's message adds the remedy. */
const toRemedy = ({ field, problem }: SchemaProblem): SchemaProblem => ({
  field,
  problem: problem.replace(/: must be /, ": send "),
});

/** The first problem in the message, up to ten in the details. */
export function refuseInput(
  found: readonly SchemaProblem[],
  { place, hint, ...options }: InputPlace & { readonly code?: ErrorCode; readonly cause?: unknown },
): EngineError {
  const problems = found.slice(0, maxProblems).map(toRemedy);
  const [{ field, problem } = { field: whole, problem: "" }] = problems;
  const named = place === undefined ? field : `${place} field ${field}`;
  const subject = field === whole ? (place ?? "input") : named;
  const message = `${subject} ${problem}${hint === undefined ? "" : `; ${hint}`}`;
  return new EngineError(options.code ?? "invalid_request", message, {
    details: { field, problems },
    cause: options.cause,
  });
}

/** A copy of the input as plain JSON. @throws invalid_request, payload_too_large */
export function copyInput(input: unknown, place: InputPlace = {}): unknown {
  try {
    return copyJson(input);
  } catch (cause) {
    if (!(cause instanceof JsonProblem)) throw cause;
    const problem = { field: formatPath(cause.path), problem: cause.message };
    const code = cause.isTooLarge ? "payload_too_large" : "invalid_request";
    throw refuseInput([problem], { ...place, code, cause });
  }
}

/**
 * Untrusted data → the schema's output for a copy of it. @throws invalid_request, payload_too_large
 */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const copy = copyInput(input);
  const parsed = schema.safeParse(copy);
  if (parsed.success) return parsed.data;
  throw refuseInput(describeProblems(parsed.error, copy), {});
}

/** Parses the argument of a call under its name, as a field of that name would be. */
export function createArgument<T>(name: string, schema: z.ZodType<T>): (value: unknown) => T {
  const named = z.strictObject({ [name]: schema });
  return (value) => parseInput(named, { [name]: value })[name] as T;
}
