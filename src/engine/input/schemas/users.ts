import { z } from "zod";
import type { UserFields, UserInput } from "../../../contract/users.ts";
import type { Consent } from "../../../domain/consent.ts";
import { attributes } from "../attributes.ts";
import { exactly } from "../exactly.ts";
import { boolean, name, optional } from "../fields.ts";

export const consent: z.ZodType<Consent> = exactly<Consent>()(
  z
    .strictObject({ train: optional(boolean), personalise: optional(boolean) })
    .meta({ id: "Consent" }),
);
const user = { attributes: optional(attributes), consent: optional(consent) };
export const userFields: z.ZodType<UserFields> = exactly<UserFields>()(
  z.strictObject(user).meta({ id: "UserFields" }),
);
export const userInput: z.ZodType<UserInput> = exactly<UserInput>()(
  z.strictObject({ userId: name, ...user }).meta({ id: "UserInput" }),
);
