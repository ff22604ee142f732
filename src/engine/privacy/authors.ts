import { isJsonObject, type Json, type JsonObject } from "../../domain/json.ts";
import type { Scenario } from "../../domain/scenario.ts";

/** Paths of the attributes that name an item's authors, who may be users. */
export function authorPaths(
  scenarios: readonly Pick<Scenario, "social">[],
): readonly (readonly string[])[] {
  const paths = scenarios.flatMap(
    ({ social }) => social?.author?.replace(/^attributes\./, "") ?? [],
  );
  return [...new Set(paths)].map((path) => path.split("."));
}

/** The same value with other authors. */
function replace(
  value: Json | undefined,
  path: readonly string[],
  rename: (author: string) => string,
): Json | undefined {
  const [first, ...rest] = path;
  if (first !== undefined) {
    if (!isJsonObject(value) || !Object.hasOwn(value, first)) return value;
    return { ...value, [first]: replace(value[first], rest, rename) ?? null };
  }
  if (Array.isArray(value))
    return (value as readonly Json[]).map((one) => replace(one, [], rename) ?? null);
  return typeof value === "string" || typeof value === "number" ? rename(String(value)) : value;
}

/** Attributes in which each author has another name. */
export const renameAuthors = (
  attributes: JsonObject,
  paths: readonly (readonly string[])[],
  rename: (author: string) => string,
): JsonObject =>
  paths.reduce<JsonObject>(
    (renamed, path) => replace(renamed, path, rename) as JsonObject,
    attributes,
  );

export function authorsIn(
  attributes: JsonObject,
  paths: readonly (readonly string[])[],
): readonly string[] {
  const found: string[] = [];
  renameAuthors(attributes, paths, (author) => {
    found.push(author);
    return author;
  });
  return found;
}
