import type { z } from "zod";
import { EngineError } from "../../domain/errors.ts";
import { describeProblems, maxProblems, type SchemaProblem } from "../input/schema-problems.ts";

const guide = "see docs/guides/configuration.md";

/** One problem on the line itself, several on a line each. */
function toMessage(problems: readonly SchemaProblem[], path: string | undefined): string {
  const place = path === undefined ? "configuration" : `configuration ${path}`;
  const lines = problems.map(({ field, problem }) => `${field} ${problem}`);
  if (lines.length === 1) return `${place} has a wrong field: ${lines[0]}; ${guide}`;
  const rest = lines.length > maxProblems ? `, the first ${maxProblems} of them` : "";
  const told = lines.slice(0, maxProblems).map((line) => `  ${line}\n`);
  return `${place} has ${lines.length} problems${rest}:\n${told.join("")}${guide}`;
}

/**
 * A schema's complaint as `invalid_configuration`.
 * @param path of the file, if the input came from one
 */
export function refuseConfiguration(
  error: z.ZodError,
  input: unknown,
  path: string | undefined,
): EngineError {
  const problems = describeProblems(error, input);
  return new EngineError("invalid_configuration", toMessage(problems, path), {
    details: {
      ...(path !== undefined && { path }),
      field: problems[0]?.field,
      problems: problems.slice(0, maxProblems),
    },
  });
}
