import type { Promotion, PromotionReview } from "../../domain/policy-evidence.ts";
import type { PolicyStatus } from "../../domain/policy-snapshot.ts";
import type { PrivacyEvidence } from "../../domain/privacy.ts";
import type { Store } from "../../storage/store.ts";

/** A promotion with the gate's prediction and the last live comparison. */
export interface PromotionRecord {
  readonly version: number;
  readonly scenario: string;
  readonly status: PolicyStatus;
  readonly promotion: Promotion;
  readonly realised?: PromotionReview;
  /** Of a policy that was trained with differential privacy. */
  readonly privacy?: PrivacyEvidence;
}

/** Every promotion of a scenario, or of all, newest first. */
export async function listPromotions(
  { policies }: Store,
  scenario?: string,
): Promise<readonly PromotionRecord[]> {
  const all = await policies.list({
    ...(scenario !== undefined && { scenario }),
    limit: Number.MAX_SAFE_INTEGER,
  });
  return all.flatMap(({ version, scenario: name, status, evidence }): PromotionRecord[] => {
    const { promotion, realised, privacy } = evidence;
    if (promotion === undefined) return [];
    const found = { ...(realised && { realised }), ...(privacy && { privacy }) };
    return [{ version, scenario: name, status, promotion, ...found }];
  });
}
