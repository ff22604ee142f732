import { maxBytes, maxValues } from "../../contract/batches.ts";
import type { Json } from "../../domain/json.ts";
import { describeValue } from "./schema-problems.ts";

/** The walk is recursive, so its depth is bounded. */
const maxDepth = 32;

const notJson = "must be text, a number, true, false, null, a list or a plain object";

/** Reason why a value can't be taken as JSON, with its path; the empty path is the whole value. */
export class JsonProblem extends Error {
  readonly path: readonly PropertyKey[];
  readonly isTooLarge: boolean;

  constructor(
    path: readonly PropertyKey[],
    problem: string,
    options: { readonly isTooLarge?: boolean; readonly cause?: unknown } = {},
  ) {
    super(problem, { cause: options.cause });
    this.path = [...path];
    this.isTooLarge = options.isTooLarge ?? false;
  }
}

/**
 * Objects that were written as literals or parsed, in any realm; no dates, maps or instances of
 * classes.
 */
function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

class Copier {
  private readonly path: PropertyKey[] = [];
  private values = 0;
  private bytes = 0;

  copy(value: unknown): Json {
    if (++this.values > maxValues) {
      throw new JsonProblem([], `holds more than ${maxValues} values; send fewer`);
    }
    switch (typeof value) {
      case "string":
        this.weigh(value);
        return value;
      case "number":
        if (Number.isFinite(value)) return value;
        throw this.refuse(value, "must be a finite number");
      case "boolean":
        return value;
      case "object":
        return value === null ? null : this.copyObject(value);
      default:
        throw this.refuse(value, notJson);
    }
  }

  private copyObject(parent: object): Json {
    if (this.path.length >= maxDepth) {
      const message = `is nested deeper than ${maxDepth} levels, or holds itself; flatten it`;
      throw new JsonProblem([], message);
    }
    if (Array.isArray(parent)) return this.copyList(parent);
    if (!isPlainObject(parent)) throw this.refuse(parent, notJson);
    const copy: Record<string, Json> = {};
    for (const key of Object.keys(parent)) {
      const value: unknown = parent[key as keyof typeof parent];
      // As JSON.stringify does: a field with the value `undefined` is absent.
      if (value === undefined) continue;
      this.weigh(key);
      this.path.push(key);
      // Assigned to, it would set the prototype.
      if (key === "__proto__") throw new JsonProblem(this.path, "can't be stored; rename it");
      copy[key] = this.copy(value);
      this.path.pop();
    }
    return copy;
  }

  private copyList(list: readonly unknown[]): Json {
    // Of a list with holes the length can be anything.
    if (list.length > maxValues) {
      throw new JsonProblem([], `holds more than ${maxValues} values; send fewer`);
    }
    const copy: Json[] = [];
    for (let index = 0; index < list.length; index++) {
      this.path.push(index);
      copy.push(this.copy(list[index]));
      this.path.pop();
    }
    return copy;
  }

  private weigh(text: string): void {
    this.bytes += Buffer.byteLength(text);
    if (this.bytes <= maxBytes) return;
    const message = `holds more than ${maxBytes} bytes of text; send it in parts`;
    throw new JsonProblem([], message, { isTooLarge: true });
  }

  private refuse(value: unknown, expected: string): JsonProblem {
    return new JsonProblem(this.path, `${describeValue(value)}: ${expected}`);
  }
}

/**
 * A copy of plain data, each property read once, so that neither a getter nor the caller can change
 * it after it was checked. Object fields that are `undefined` are left out.
 *
 * @throws JsonProblem if the value is no JSON, holds a number that is not finite or a key
 * "__proto__", is deeper than 32 levels or larger than 100,000 values or a mebibyte of text
 */
export function copyJson(value: unknown): Json {
  try {
    return new Copier().copy(value);
  } catch (cause) {
    if (cause instanceof JsonProblem) throw cause;
    // A getter or a proxy of the caller's.
    throw new JsonProblem([], "can't be read; send plain data", { cause });
  }
}
