/** Arbitrary JSON, the form in which features of contexts, users and items arrive. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object, such as the attributes of an item. */
export type JsonObject = { readonly [key: string]: Json };

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
