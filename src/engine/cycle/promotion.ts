import type { JsonObject } from "../../domain/json.ts";
import type { GateRecord } from "../../evaluation/gate-record.ts";
import type { LiveDifference } from "../../evaluation/live-difference.ts";
import type { GateLooks } from "../../evaluation/pooled-looks.ts";

// What a promoted policy's evidence keeps of its promotion. Types, not interfaces: only those fit JsonObject. Differences are
// in the gate's unit, a row's reward as a share of the rule's range; lifts are over the value of what was replaced.

export type Promotion = {
  /** Version that it took the place of. */
  readonly replaced?: number;
  /** Milliseconds since 1970. */
  readonly promotedAt: number;
  /** 0 where nobody keeps the replaced policy, so that nothing is compared. */
  readonly holdbackShare: number;
  readonly predicted: {
    readonly difference?: number;
    readonly interval?: readonly [number, number];
    readonly relativeLift?: number;
    readonly relativeInterval?: readonly [number, number];
  };
};

/**
 * What a review made of a promotion: `keep` looks again, `confirm` found it not worse, `expire` has looked long enough,
 * `roll-back` found it worse.
 */
export type PromotionAction = "keep" | "confirm" | "expire" | "roll-back";

export type PromotionReview = LiveDifference & {
  /** The promoted policy, and the one that it replaced. */
  readonly version: number;
  readonly replaced: number;
  /** Decisions from here on count, milliseconds since 1970. */
  readonly since: number;
  readonly looks: number;
  readonly action: PromotionAction;
  /** One sentence for a person. */
  readonly reason: string;
};

/** What the gate promises of a candidate. */
function predict({ difference, interval, relativeLift }: GateRecord): Promotion["predicted"] {
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

/** What a policy that waits for approval has in its evidence: the promotion that approval makes of it. */
export type Proposed = Pick<Promotion, "holdbackShare" | "predicted"> & {
  /** The gate's own sentence. */
  readonly reason: string;
};

export const createProposed = (gate: GateRecord, holdbackShare: number): Proposed => ({
  reason: gate.reason,
  holdbackShare,
  predicted: predict(gate),
});

export const proposedOf = (evidence: JsonObject): Proposed | undefined =>
  evidence.proposed as Proposed | undefined;

/** What the gate and the reviews so far found of a canary. */
export const canaryLooks = ({ looks }: JsonObject): GateLooks | undefined =>
  looks === undefined ? undefined : ({ sharedError: 0, ...(looks as object) } as GateLooks);

export const promotionOf = (evidence: JsonObject): Promotion | undefined =>
  evidence.promotion as Promotion | undefined;

/** The last look at it. */
export const realisedOf = (evidence: JsonObject): PromotionReview | undefined =>
  evidence.realised as PromotionReview | undefined;
