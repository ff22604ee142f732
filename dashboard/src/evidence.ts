import type { PolicyEvidence } from "../../src/contract/records.ts";
import { formatCount, formatSignedPercent } from "./format.ts";

/**
 * The evidence of a policy in one line: lifts, predicted, as a canary and realised, and the gate's sentence, or
 * nothing.
 */
export function evidenceLine(evidence: PolicyEvidence): string {
  if (evidence.damage !== undefined) return `the evidence is damaged: ${evidence.damage}`;
  const { reason, decisions, promotion, proposed, realised, tried } = evidence;
  const lift = (promotion ?? proposed)?.predicted.relativeLift;
  const live = realised?.relativeLift;
  const asCanary = tried?.relativeLift;
  const parts = [
    decisions === undefined ? undefined : `measured on ${formatCount(decisions)} decisions`,
    lift === undefined ? undefined : `${formatSignedPercent(lift)} predicted`,
    asCanary === undefined ? undefined : `${formatSignedPercent(asCanary)} as a canary`,
    live === undefined ? undefined : `${formatSignedPercent(live)} realised`,
  ].filter((part) => part !== undefined);
  const head = parts.join(", ");
  if (reason === undefined) return head;
  return head === "" ? reason : `${head}: ${reason}`;
}
