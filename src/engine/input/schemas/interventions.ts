import { z } from "zod";
import { isPlain } from "../../../domain/ids.ts";
import { exactly } from "../exactly.ts";
import { name, optional, storeNumber, unfitText } from "../fields.ts";
import type { InterventionInput, RollBackInput } from "../input.ts";

/** Text without the space around it; of space alone nothing is left. */
const trimmed = (maximum: number) =>
  z
    .string("must be text")
    .trim()
    .min(1, "must not be empty")
    .max(maximum, `must not be longer than ${maximum} characters`);

/** Name and reason of an intervention. */
export const noteFields: {
  readonly by: z.ZodExactOptional<z.ZodString>;
  readonly reason: z.ZodExactOptional<z.ZodString>;
} = { by: optional(trimmed(256).refine(isPlain, unfitText)), reason: optional(trimmed(1000)) };

/** Fields of a roll-back beside its scenario. */
export const rollBackFields: typeof noteFields & {
  readonly serving: z.ZodExactOptional<typeof storeNumber>;
} = { serving: optional(storeNumber), ...noteFields };
export const rollBackInput: z.ZodType<RollBackInput> = exactly<RollBackInput>()(
  z.strictObject(rollBackFields),
);

/** A roll-back is a request of its own. */
const unknownKind = "must be pause, ask, resume, pin, approve or reject";
export const interventionInput: z.ZodType<InterventionInput> = exactly<InterventionInput>()(
  z
    .discriminatedUnion(
      "kind",
      [
        z.strictObject({ scenario: name, kind: z.enum(["pause", "ask", "resume"]), ...noteFields }),
        z.strictObject({
          scenario: name,
          kind: z.enum(["pin", "approve", "reject"]),
          version: storeNumber,
          ...noteFields,
        }),
      ],
      { error: ({ code }) => (code === "invalid_union" ? unknownKind : undefined) },
    )
    .meta({ id: "InterventionRequest" }),
);
