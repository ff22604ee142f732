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

/**
 * A roll-back names no version: after a promotion, or another operator's roll-back, it would put back
 * another policy than that of the question.
 */
async function refuseStale(client: RecurveClient, { scenario, serving }: Question): Promise<void> {
  const now = await client.listPolicies({ scenario, limit: 1 });
  if (now.serving === serving) return;
  throw new Error(
    `policy ${serving} of scenario ${scenario} serves no longer: policy ${now.serving} does; look at the present state and decide again`,
  );
}

/** @throws ApiError, or Error if another policy serves than the one that is to be rolled back */
export async function carryOut(
  client: RecurveClient,
  question: Question,
  { version, note }: { version: number | undefined; note: InterventionNote },
): Promise<void> {
  const { kind, scenario } = question;
  if (kind === "roll-back") {
    await refuseStale(client, question);
    await client.rollBack(scenario, note);
  } else {
    const about = version === undefined ? {} : { version };
    await client.intervene({ scenario, kind, ...about, ...note } as InterventionRequest);
  }
}
