import { z } from "@hono/zod-openapi";
import type { PageQuery, PutResponse } from "../../contract/api.ts";
import { EngineError } from "../../domain/errors.ts";
import { count, limit, name, optional, wire } from "../fields.ts";
import { type Answer, answer } from "../operation.ts";

// What items and users share.

export const maxBatch = 1000;

export const pageQuery: z.ZodObject<
  { after: z.ZodExactOptional<typeof name>; limit: z.ZodExactOptional<typeof limit> },
  z.core.$strict
> = z.strictObject({ after: optional(name), limit: optional(limit) });
wire<PageQuery>()(pageQuery);

const putResponse = wire<PutResponse>()(
  z.strictObject({ created: count, updated: count, unchanged: count }).openapi("PutResponse"),
);

export const putAnswer: Answer<PutResponse> = answer("What became of it, durable", putResponse, {
  created: 1,
  updated: 0,
  unchanged: 0,
});

export const deleted: { readonly description: string } = {
  description: "Deleted; decisions made before keep what they saw",
};

export function absent(kind: "item" | "user", id: string): EngineError {
  const path = `/api/v1/${kind}s/${encodeURIComponent(id)}`;
  return new EngineError("not_found", `no ${kind} '${id}'; create it with PUT ${path}`, {
    details: { [`${kind}Id`]: id },
  });
}
