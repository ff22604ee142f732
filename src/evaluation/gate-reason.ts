import type {
  GateEvidence,
  GateRecord,
  Guard,
  PredictedLift,
  SelfCheck,
} from "../domain/gate-record.ts";
import { formatShare, formatSignificant } from "../numeric/format.ts";
import type { GateLimits } from "./gate-guards.ts";

// The gate's sentences for people. Numbers have three digits, shares are per cent.

const gain = ({ difference, relativeLift, looks }: GateEvidence) =>
  `${difference < 0 ? "worse" : "better"} by ${formatSignificant(Math.abs(difference))} a row` +
  (relativeLift === undefined
    ? ""
    : ` (${formatShare(Math.abs(relativeLift))} of the serving policy's value)`) +
  (looks === undefined ? "" : ` in ${looks} looks together`);

export const tooSmall = (rows: number, clusters: number, limits: GateLimits): string =>
  `Not enough data: ${rows} rows of ${clusters} users; ` +
  `${limits.minimumRows} rows of ${limits.minimumClusters} users are needed.`;

export const leftOut = ({ leftOut: count, rows }: SelfCheck): string =>
  `The self-check left out ${count} of ${rows} rows: their logged propensities are not the probabilities that their policy gives now.`;

export function failedGuards(failed: readonly Guard[]): string {
  const parts = failed.map(
    ({ name, value, limit }) =>
      `${name} ${formatSignificant(value)} is ${value < limit ? "below" : "above"} its limit ${formatSignificant(limit)}`,
  );
  return `Held by its guards: ${parts.join("; ")}.`;
}

/** A gate that looked at guards, with one more: a failed one holds the candidate. */
export function addGuard(gate: GateRecord, guard: Guard): GateRecord {
  const guards = [...gate.guards, guard];
  if (guard.passed) return { ...gate, guards };
  const failed = guards.filter(({ passed, metric }) => !passed && metric?.isDecided !== false);
  return { ...gate, guards, verdict: "hold", reason: failedGuards(failed) };
}

export const promoted = (evidence: GateEvidence, { promoteConfidence }: GateLimits): string =>
  `Promoted: ${gain(evidence)}; the ${formatShare(promoteConfidence)} lower bound ` +
  `${formatSignificant(evidence.interval[0])} is above 0 and every guard passed.`;

export const canaried = (evidence: GateEvidence, { promoteConfidence }: GateLimits): string =>
  `Canary: ${gain(evidence)} with probability ${formatShare(evidence.probabilityPositive)} of a gain, ` +
  `not yet ${formatShare(promoteConfidence)}; every guard passed.`;

export const dependent = (evidence: GateEvidence, { value, limit }: Guard): string =>
  `Canary: ${gain(evidence)}, if rewards did not depend on the items above; but they do: z ${formatSignificant(value)} ` +
  `is beyond ${formatSignificant(limit)}. Live evidence decides.`;

export const madeByOne = (
  evidence: GateEvidence,
  bound: number,
  { promoteConfidence }: GateLimits,
): string =>
  `Canary: ${gain(evidence)}, but without the user who adds most to it the ${formatShare(promoteConfidence)} lower bound ` +
  `is ${formatSignificant(bound)}, not above 0. Live evidence decides.`;

export const worse = (evidence: GateEvidence, { promoteConfidence }: GateLimits): string =>
  `Held: ${gain(evidence)}; the ${formatShare(promoteConfidence)} upper bound ${formatSignificant(evidence.interval[1])} is below 0.`;

/** The standard error falls with the root of the rows, so the rows needed grow with the square of the ratio. */
export function undetectable(evidence: GateEvidence, rows: number): string {
  const { minimalDetectableDifference: detectable, predictedDifference: predicted } = evidence;
  return (
    `Not enough data: the smallest detectable difference ${formatSignificant(detectable)} is above the predicted ` +
    `${formatSignificant(predicted)}; about ${formatSignificant(rows * (detectable / predicted) ** 2)} rows are needed.`
  );
}

export const unproven = (evidence: GateEvidence, limits: GateLimits): string =>
  `Held: ${gain(evidence)}; the ${formatShare(limits.promoteConfidence)} lower bound ${formatSignificant(evidence.interval[0])} ` +
  `is not above 0 and the probability of a gain ${formatShare(evidence.probabilityPositive)} ` +
  `is below ${formatShare(limits.canaryProbability)}.`;

/** Follows the sentence about a candidate that was chosen for its gain. */
export const expecting = ({ relativeLift = 0 }: PredictedLift): string =>
  ` Corrected for this choice, a gain of ${formatShare(relativeLift)} is to be expected.`;
