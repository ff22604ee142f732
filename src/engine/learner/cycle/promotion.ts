import type { GateRecord } from "../../../domain/gate-record.ts";
import type { PredictedLift, Promotion, Proposed } from "../../../domain/policy-evidence.ts";

/** The gate's prediction for a candidate. */
function predict({ difference, interval, relativeLift }: GateRecord): PredictedLift {
  const scale = relativeLift !== undefined && difference ? relativeLift / difference : undefined;
  return {
    ...(difference !== undefined && { difference }),
    ...(interval && { interval }),
    ...(relativeLift !== undefined && { relativeLift }),
    ...(interval &&
      scale !== undefined && { relativeInterval: [interval[0] * scale, interval[1] * scale] }),
  };
}

export function createPromotion(
  gate: GateRecord,
  at: Pick<Promotion, "promotedAt" | "holdbackShare"> & { readonly replaced: number | undefined },
): Promotion {
  const { replaced, ...rest } = at;
  return { ...(replaced !== undefined && { replaced }), ...rest, predicted: predict(gate) };
}

export const createProposed = (gate: GateRecord, holdbackShare: number): Proposed => ({
  reason: gate.reason,
  holdbackShare,
  predicted: predict(gate),
});
