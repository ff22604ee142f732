import type { Json } from "../domain/json.ts";

/**
 * JSON text with sorted keys: equal values give equal text, independent of the order of their keys.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`,
  );
  return `{${members.sort().join(",")}}`;
}

const isArray: (value: Json) => value is readonly Json[] = Array.isArray;
