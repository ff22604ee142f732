import type { Json, JsonObject } from "../../src/contract/api.ts";
import { formatCount, formatReward, formatSignedPercent } from "./format.ts";
import { numberAt, objectAt, textAt } from "./json-read.ts";

/** "meanReward" → "mean reward". */
function toWords(key: string): string {
  return key.replaceAll(/[-_]/g, " ").replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function simple([key, value]: [string, Json]): string[] {
  if (typeof value === "number" && Number.isFinite(value)) {
    const text = Number.isInteger(value) ? String(value) : formatReward(value);
    return [`${toWords(key)} ${text}`];
  }
  return typeof value === "string" && value !== "" ? [`${toWords(key)} ${value}`] : [];
}

/** Why a policy is there, in one line: the gate's sentence, what its training measured, or nothing. */
export function evidenceLine(evidence: JsonObject): string {
  const reason = textAt(evidence, "reason");
  const cycle = numberAt(evidence, "cycle");
  const promotion = "promotion" in evidence ? "promotion" : "proposed";
  const lift = numberAt(objectAt(objectAt(evidence, promotion), "predicted"), "relativeLift");
  const realised = numberAt(objectAt(evidence, "realised"), "relativeLift");
  const decisions = numberAt(evidence, "decisions");
  const parts = [
    cycle === undefined ? undefined : `cycle ${cycle}`,
    decisions === undefined ? undefined : `measured on ${formatCount(decisions)} decisions`,
    lift === undefined ? undefined : `${formatSignedPercent(lift)} predicted`,
    realised === undefined ? undefined : `${formatSignedPercent(realised)} realised`,
  ].filter((part) => part !== undefined);
  const head = parts.join(", ");
  if (reason !== undefined) return head === "" ? reason : `${head}: ${reason}`;
  const pretraining = Object.entries(objectAt(evidence, "pretraining")).flatMap(simple);
  if (pretraining.length > 0) return `pretrained: ${pretraining.slice(0, 4).join(", ")}`;
  return head;
}
