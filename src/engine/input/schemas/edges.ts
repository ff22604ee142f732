import { z } from "zod";
import { edgeTypes } from "../../../domain/edge.ts";
import { exactly } from "../exactly.ts";
import { limit, name, optional } from "../fields.ts";
import type { EdgeInput, EdgesInput } from "../input.ts";

/** The problem of an edge to oneself. */
export const ownId = "must not be the user's own id; name another user or author";

/** A connection of a user with somebody else. */
export const edgeInput: z.ZodType<EdgeInput> = exactly<EdgeInput>()(
  z
    .strictObject({
      userId: name,
      type: z.enum(edgeTypes, `must be ${edgeTypes.join(" or ")}`),
      to: name,
    })
    .refine(({ userId, to }) => userId !== to, {
      path: ["to"],
      error: ownId,
    })
    .meta({ id: "Edge" }),
);
export const edgesInput: z.ZodType<EdgesInput> = exactly<EdgesInput>()(
  z.strictObject({ limit: optional(limit) }),
);
