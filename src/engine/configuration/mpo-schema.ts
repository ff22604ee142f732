import { z } from "zod";
import type { MpoConfiguration, MpoInput } from "../../domain/mpo-configuration.ts";
import type { MpoField } from "../../domain/mpo-field.ts";
import { mpoFields } from "../../domain/mpo-fields.ts";

function fieldSchema(field: MpoField): z.ZodType {
  switch (field.kind) {
    case "number":
      return z.number().min(field.minimum).max(field.maximum).default(field.default);
    case "integer":
      return z.int().min(field.minimum).max(field.maximum).default(field.default);
    case "numbers": {
      const values = z.array(z.number().min(field.minimum).max(field.maximum));
      const sized = field.length === undefined ? values.min(1) : values.length(field.length);
      return sized.default([...field.default]);
    }
    case "choice":
      return z.enum(field.choices).default(field.default);
    default:
      throw new RangeError(`no kind of field ${String(field satisfies never)}`);
  }
}

/** Blames the given field: if the least is the default, the given most went below it. */
const checkEpochs =
  (group: Readonly<Record<string, MpoField>>) =>
  ({ minEpochs, maxEpochs }: Record<string, unknown>, context: z.RefinementCtx): void => {
    if (minEpochs === undefined || Number(minEpochs) <= Number(maxEpochs)) return;
    const isMost = minEpochs === group.minEpochs?.default;
    context.addIssue({
      code: "custom",
      path: [isMost ? "maxEpochs" : "minEpochs"],
      message: isMost
        ? `must not be below minEpochs, which is ${minEpochs}`
        : `must not be above maxEpochs, which is ${maxEpochs}`,
    });
  };

const groupSchema = (group: Readonly<Record<string, MpoField>>) =>
  z
    .strictObject(
      Object.fromEntries(Object.entries(group).map(([name, field]) => [name, fieldSchema(field)])),
    )
    .superRefine(checkEpochs(group))
    .prefault({});

const groupsSchema = z.strictObject(
  Object.fromEntries(Object.entries(mpoFields).map(([name, group]) => [name, groupSchema(group)])),
) as unknown as z.ZodType<MpoConfiguration, MpoInput>;

/** `learner.mpo`, each field within its range, defaults filled in. */
export const mpoSchema: z.ZodPrefault<typeof groupsSchema> = groupsSchema.prefault({});
