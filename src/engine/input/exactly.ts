import type { z } from "zod";

type Frozen<T> = T extends (...parameters: never[]) => unknown
  ? T
  : string extends keyof T
    ? { readonly [key: string]: T[keyof T] } // JSON has no end
    : { readonly [Key in keyof T]: Frozen<T[Key]> };

/** Identical, optional fields included; `readonly` doesn't count, for zod's types are mutable. */
type Same<Left, Right> =
  (<T>() => T extends Frozen<Left> ? 1 : 2) extends <T>() => T extends Frozen<Right> ? 1 : 2
    ? true
    : false;

/** `exactly<T>()(schema)` compiles only if the schema parses exactly `T`. */
export const exactly =
  <T>() =>
  <Schema extends z.ZodType>(
    schema: Schema,
    ..._mismatch: Same<z.output<Schema>, T> extends true ? [] : ["parses another type"]
  ): z.ZodType<T> =>
    schema as unknown as z.ZodType<T>;
