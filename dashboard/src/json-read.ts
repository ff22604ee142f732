import type { Json, JsonObject } from "../../src/contract/api.ts";

// Records and evidence are open JSON: what is missing or of another type reads as absent, and is then not shown.

export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : {};
}

export function numberAt(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function textAt(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function intervalAt(object: JsonObject, key: string): readonly [number, number] | undefined {
  const value: Json | undefined = object[key];
  if (!Array.isArray(value)) return undefined;
  const [low, high]: readonly unknown[] = value;
  return typeof low === "number" && typeof high === "number" ? [low, high] : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
