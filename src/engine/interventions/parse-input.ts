import { z } from "zod";
import { EngineError } from "../../domain/errors.ts";
import type { InterventionNote } from "../../domain/intervention.ts";
import { describeProblems } from "../input/schema-problems.ts";

/** How promotions come about from now on. */
export type ModeInput = InterventionNote & {
  readonly scenario: string;
  readonly kind: "pause" | "ask" | "resume";
};

/** About one version: `pin` any network of the scenario; `approve` or `reject` the one that waits. */
export type VersionInput = InterventionNote & {
  readonly scenario: string;
  readonly kind: "pin" | "approve" | "reject";
  readonly version: number;
};

export type InterventionInput = ModeInput | VersionInput;

const note = {
  by: z.string().trim().min(1).max(256).exactOptional(),
  reason: z.string().trim().min(1).max(1000).exactOptional(),
};
const noteSchema: z.ZodType<InterventionNote> = z.strictObject(note);

const scenario = z.string();
const inputSchema: z.ZodType<InterventionInput> = z.discriminatedUnion("kind", [
  z.strictObject({ scenario, kind: z.enum(["pause", "ask", "resume"]), ...note }),
  z.strictObject({
    scenario,
    kind: z.enum(["pin", "approve", "reject"]),
    version: z.int().min(1),
    ...note,
  }),
]);

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = describeProblems(parsed.error, input);
  const told = problems.map(({ field, problem }) => `${field} ${problem}`).join("; ");
  throw new EngineError("invalid_request", `the intervention is refused: ${told}`, {
    details: { field: problems[0]?.field, problems },
  });
}

/** @throws invalid_request */
export const parseNote = (input: unknown): InterventionNote => parse(noteSchema, input);

/** @throws invalid_request */
export const parseIntervention = (input: unknown): InterventionInput => parse(inputSchema, input);
