import { z } from "zod";
import type { Damageable } from "../domain/stored-record.ts";

/**
 * A field that may be absent. The generator of OpenAPI takes a field for optional if its schema
 * accepts `undefined`, which JSON can't say; so the schema does, and the type stays exact.
 */
export const optional = <Schema extends z.ZodType>(schema: Schema): z.ZodExactOptional<Schema> =>
  schema.optional() as unknown as z.ZodExactOptional<Schema>;

type Field<T, Key extends keyof T> =
  Pick<T, Key> extends Required<Pick<T, Key>>
    ? z.ZodType<T[Key]>
    : z.ZodExactOptional<z.ZodType<Exclude<T[Key], undefined>>>;

/** A schema for each field of `T`, optional if the field is optional. */
export type Fields<T> = { readonly [Key in keyof T]-?: Field<T, Key> };

/** Compiles with the fields of `T` alone, each of its type. Parsing drops other fields. */
export const fieldsOf = <T>(fields: Fields<T>): z.ZodType<T> =>
  z.object(fields) as unknown as z.ZodType<T>;

export const interval: z.ZodType<readonly [number, number]> = z.tuple([z.number(), z.number()]);

/** Of the stored text. Raise it with the first change after which older text needs another reader. */
const recordVersion = 1;
/** Text of before versions has the form of the first. */
const storedVersion = z.object({ version: z.literal(recordVersion).optional() });

export const encodeRecord = (record: object): string =>
  JSON.stringify({ version: recordVersion, ...record });

function parse<T extends Damageable>(schema: z.ZodType<T>, value: unknown): T | Damageable {
  const version = storedVersion.safeParse(value);
  const parsed = schema.safeParse(value);
  if (version.success && parsed.success) return parsed.data;
  const [issue] = [...(version.error?.issues ?? []), ...(parsed.error?.issues ?? [])];
  const field = issue?.path.join(".");
  return { damage: `${field === "" ? "the stored text" : field}: ${issue?.message}` };
}

/** The row itself reports an unreadable value, so it fails neither a list nor the process. */
export function decodeRecord<T extends Damageable>(
  schema: z.ZodType<T>,
  text: string,
): T | Damageable {
  try {
    return parse(schema, JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { damage: `the stored text is not JSON: ${error.message}` };
  }
}
