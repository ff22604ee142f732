import type { InterventionNote, InterventionRequest } from "../../src/contract/interventions.ts";
import type { RecurveClient } from "../../src/sdk/client.ts";
import type { Question } from "./operating.ts";

/** Empty fields are left out: the server refuses an empty text. */
export function toNote(by: string, reason: string): InterventionNote {
  return {
    ...(by.trim() !== "" && { by: by.trim() }),
    ...(reason.trim() !== "" && { reason: reason.trim() }),
  };
}

/** @throws ApiError, also if a roll-back is about a policy that serves no longer */
export async function carryOut(
  client: RecurveClient,
  question: Question,
  { version, note }: { version: number | undefined; note: InterventionNote },
): Promise<void> {
  const { kind, scenario, serving } = question;
  if (kind === "roll-back") {
    await client.rollBack(scenario, { ...(serving !== undefined && { serving }), ...note });
  } else {
    const about = version === undefined ? {} : { version };
    await client.intervene({ scenario, kind, ...about, ...note } as InterventionRequest);
  }
}
