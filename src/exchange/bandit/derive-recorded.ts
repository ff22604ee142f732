import type { Decision } from "../../domain/decision.ts";
import { EngineError, type ErrorCode } from "../../domain/errors.ts";
import type { LogitDeriver } from "../../engine/audit/derive-logits.ts";

/** Of a record that is not the decision's own, or has lost what made it. */
const lost: readonly ErrorCode[] = [
  "not_found",
  "corrupt_snapshot",
  "unknown_scenario",
  "unknown_item",
];

/** Logits as `deriveServed` gives them; undefined if the record can't tell them. */
export async function deriveRecorded(
  deriver: LogitDeriver,
  decision: Decision,
): Promise<Float64Array | undefined> {
  try {
    return await deriver.deriveServed(decision);
  } catch (error) {
    if (error instanceof EngineError && lost.includes(error.code)) return undefined;
    throw error;
  }
}
