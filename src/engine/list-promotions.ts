import type { PolicyStatus } from "../domain/policy-snapshot.ts";
import type { Store } from "../storage/store.ts";
import {
  type Promotion,
  type PromotionReview,
  promotionOf,
  realisedOf,
} from "./cycle/promotion.ts";

/** A promotion with what the gate predicted of it and what live traffic said of it last. */
export interface PromotionRecord {
  readonly version: number;
  readonly scenario: string;
  readonly status: PolicyStatus;
  readonly promotion: Promotion;
  readonly realised?: PromotionReview;
}

/** Every promotion of a scenario, or of all, newest first. */
export async function listPromotions(
  { policies }: Store,
  scenario?: string,
): Promise<readonly PromotionRecord[]> {
  const found = await policies.list({
    ...(scenario !== undefined && { scenario }),
    limit: Number.MAX_SAFE_INTEGER,
  });
  return found.flatMap(({ version, scenario: name, status, evidence }): PromotionRecord[] => {
    const promotion = promotionOf(evidence);
    const realised = realisedOf(evidence);
    if (promotion === undefined) return [];
    return [{ version, scenario: name, status, promotion, ...(realised && { realised }) }];
  });
}
