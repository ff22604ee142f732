import { z } from "@hono/zod-openapi";
import type { ErrorBody } from "../contract/error-body.ts";
import { EngineError, type ErrorCode } from "../domain/errors.ts";
import { jsonObject } from "../engine/input/fields.ts";
import { problemType, statusByCode, toErrorBody } from "./errors.ts";
import { wire } from "./fields.ts";

// The parts that every operation of /openapi.json is put together from.

const errorBody = wire<ErrorBody>()(
  z
    .strictObject({
      type: z.url(),
      title: z.string(),
      status: z.int(),
      detail: z.string(),
      error: z.strictObject({
        code: z.string(),
        message: z.string(),
        details: jsonObject,
        requestId: z.string(),
      }),
    })
    .openapi("Error"),
);

type JsonContent<T> = {
  readonly "application/json": { readonly schema: z.ZodType<T>; readonly example: T };
};

const json = <T>(schema: z.ZodType<T>, example: T): JsonContent<T> => ({
  "application/json": { schema, example },
});

export const body = <T>(
  schema: z.ZodType<T>,
  example: T,
): { readonly required: true; readonly content: JsonContent<T> } => ({
  required: true,
  content: json(schema, example),
});

export interface Answer<T> {
  readonly description: string;
  readonly content: JsonContent<T>;
}

export const answer = <T>(description: string, schema: z.ZodType<T>, example: T): Answer<T> => ({
  description,
  content: json(schema, example),
});

function failure(codes: readonly ErrorCode[]) {
  const [code = "internal"] = codes;
  const example = toErrorBody(new EngineError(code, "field, value and remedy"), "7d2c");
  const description = `${codes.join(", ")} (see docs/errors.md)`;
  return { description, content: { [problemType]: { schema: errorBody, example } } };
}

/** Failures that every operation can have: of its headers, of who asks, and of the server. */
const commonFailures: readonly ErrorCode[] = [
  ...(["invalid_request", "payload_too_large"] as const),
  ...(["unauthenticated", "missing_scope", "foreign_host", "foreign_origin"] as const),
  "too_many_requests",
  ...(["internal", "storage_unavailable", "overloaded", "not_ready", "closed"] as const),
];

/** By status. Handlers throw these, so they are not part of a route's type. */
export function failures(...codes: readonly ErrorCode[]): object {
  const all = [...new Set([...codes, ...commonFailures])];
  const statuses = new Set(all.map((code) => statusByCode[code]));
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      failure(all.filter((code) => statusByCode[code] === status)),
    ]),
  );
}
