import type { z } from "zod";

/** A schema's problem with a field of its input. */
export interface SchemaProblem {
  readonly field: string;
  readonly problem: string;
}

export const whole = "(whole)";

/** `events[3].value`; the empty path is the whole. */
export function formatPath(path: readonly PropertyKey[]): string {
  const joined = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  return joined.join("").replace(/^\./, "") || whole;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    root,
  );
}

const maxValueLength = 60;

/** Name and password of an address: messages reach logs. */
const credentials = /(?<=:\/\/)[^/@\s]+(?=@)/g;

/** A value without JSON text is called by its kind. */
function showValue(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) {
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  }
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind !== "Object" && kind !== "Array") return `a ${kind}`;
  return JSON.stringify(value) ?? kind;
}

/** `is "shoes"`, or `is missing`. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "is missing";
  try {
    const text = showValue(value).replace(credentials, "…");
    return `is ${text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text}`;
  } catch {
    return "can't be read"; // it holds itself, or a getter or proxy throws
  }
}

/** In words that name the field, its value and the remedy; unknown fields each by its own path. */
export function describeProblems(
  error: Pick<z.ZodError, "issues">,
  input: unknown,
): SchemaProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === "invalid_union" && issue.errors.length > 0)
      return describeClosest(issue, input);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        field: formatPath([...issue.path, key]),
        problem: "is unknown; remove it or check its spelling",
      }));
    }
    const expected = issue.message.replace(
      /^(Invalid (input|option)|Too (small|big)): |, received undefined$/g,
      "",
    );
    const problem = `${describeValue(valueAt(input, issue.path))}: ${expected}`;
    return [{ field: formatPath(issue.path), problem }];
  });
}

const depthOf = (issues: z.core.$ZodIssue[]) => Math.max(...issues.map(({ path }) => path.length));

/** Of alternatives, the problems of the one that the value fits furthest, or of the first. */
function describeClosest(
  { errors, path }: z.core.$ZodIssueInvalidUnion,
  input: unknown,
): SchemaProblem[] {
  const [closest = []] = errors.toSorted((left, right) => depthOf(right) - depthOf(left));
  const issues = closest.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
  return describeProblems({ issues }, input);
}

/** Most problems in one message. */
export const maxProblems = 10;
