/** Arbitrary JSON, the form in which features of contexts, users and items arrive. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };
