import type { Decision } from "../../domain/decision.ts";
import type { Promotion } from "../../domain/policy-evidence.ts";
import type { Store } from "../../storage/store.ts";
import { isHeldBack } from "../serving/choose-arm.ts";

type KnownPromotion = Promotion & { readonly version: number };

async function readPromotions({ policies }: Store, scenario: string) {
  const all = await policies.list({ scenario, limit: Number.MAX_SAFE_INTEGER });
  return all.flatMap(({ version, evidence: { promotion } }): KnownPromotion[] =>
    promotion === undefined ? [] : [{ ...promotion, version }],
  );
}

/**
 * The reason why a decision's user does not belong to its logged holdback; undefined if the user
 * does.
 */
export function createHoldbackCheck(
  store: Store,
): (decision: Decision) => Promise<string | undefined> {
  const known = new Map<string, Promise<readonly KnownPromotion[]>>();
  return async ({ scenario, arm, policyVersion, userId, decidedAt }) => {
    if (arm !== "holdback") return undefined;
    const promotions = known.get(scenario) ?? readPromotions(store, scenario);
    known.set(scenario, promotions);
    const [last] = (await promotions)
      .filter(({ replaced, promotedAt }) => replaced === policyVersion && promotedAt <= decidedAt)
      .sort((left, right) => right.promotedAt - left.promotedAt);
    if (last === undefined)
      return `no promotion had replaced policy version ${policyVersion}: the row was changed`;
    if (isHeldBack(last.version, userId, last.holdbackShare)) return undefined;
    return `user '${userId}' is not in the holdback of policy version ${last.version}: the row was changed`;
  };
}
