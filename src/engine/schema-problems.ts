import type { z } from "zod";

/** What a schema has against a field of its input. */
export interface SchemaProblem {
  readonly field: string;
  readonly problem: string;
}

/** `events[3].value`; the empty path is the whole. */
export function formatPath(path: readonly PropertyKey[]): string {
  const joined = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  return joined.join("").replace(/^\./, "") || "(whole)";
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    root,
  );
}

const maxValueLength = 60;

function describeValue(value: unknown): string {
  if (value === undefined) return "is missing";
  const text = JSON.stringify(value) ?? String(value);
  return `is ${text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text}`;
}

/** In words that name the field, what it holds and what would do; unknown fields each by its own path. */
export function describeProblems(error: z.ZodError, input: unknown): SchemaProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        field: formatPath([...issue.path, key]),
        problem: "is unknown; remove it or check its spelling",
      }));
    }
    const expected = issue.message.replace(/^Invalid input: |, received undefined$/g, "");
    const problem = `${describeValue(valueAt(input, issue.path))}: ${expected}`;
    return [{ field: formatPath(issue.path), problem }];
  });
}

/** As many as one message tells. */
export const maxProblems = 10;
