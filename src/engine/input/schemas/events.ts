import { z } from "zod";
import type { Consent } from "../../../domain/consent.ts";
import { exactly } from "../exactly.ts";
import { finite, milliseconds, name, optional } from "../fields.ts";
import type { EventInput } from "../input.ts";
import { consent } from "./users.ts";

/** Without its time, which is text over HTTP and in files, and a number in a call. */
export const eventFields: {
  readonly eventId: z.ZodExactOptional<z.ZodString>;
  readonly type: z.ZodString;
  readonly userId: z.ZodString;
  readonly itemId: z.ZodString;
  readonly value: z.ZodExactOptional<z.ZodNumber>;
  readonly decisionId: z.ZodExactOptional<z.ZodString>;
  readonly consent: z.ZodExactOptional<z.ZodType<Consent>>;
} = {
  eventId: optional(name),
  type: name,
  userId: name,
  itemId: name,
  value: optional(finite.meta({ default: 1 })),
  decisionId: optional(name),
  consent: optional(consent),
};
export const eventInput: z.ZodType<EventInput> = exactly<EventInput>()(
  z.strictObject({ ...eventFields, occurredAt: optional(milliseconds) }),
);
