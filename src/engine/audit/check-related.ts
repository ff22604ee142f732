import type { Decision } from "../../domain/decision.ts";
import { uniformVersion } from "../../domain/policy-snapshot.ts";
import type { RelatedTo } from "../../domain/related.ts";
import type { Store } from "../../storage/store.ts";
import { findClosest, relatedCount } from "../related/closest.ts";
import type { OfferedItems } from "../serving/offered-items.ts";
import type { Catalogue } from "../state/catalogue.ts";
import type { CandidateCheck } from "./check-retrieval.ts";
import { auditTolerance } from "./compare-propensities.ts";
import type { LogitDeriver } from "./derive-logits.ts";

interface Related {
  readonly relatedTo: RelatedTo;
  readonly catalogue: Catalogue;
  /** Items that could be shown, related or not. */
  readonly offered: OfferedItems;
  /** Most candidates. */
  readonly limit: number;
  readonly slateSize: number;
}

/** Derives the items that were the closest to another one, but for those that rounding could swap at the threshold. */
export async function checkRelated(
  { store, deriver }: { readonly store: Store; readonly deriver: LogitDeriver },
  decision: Decision,
  { relatedTo, offered, limit, slateSize }: Related,
): Promise<CandidateCheck> {
  const { retriever = uniformVersion } = await store.policies.assignment(
    decision.scenario,
    decision.asOf,
  );
  const scores = await deriver.scoreRelated(retriever, { decision, relatedTo, offered });
  const size = Math.min(slateSize, offered.count);
  const { kept, threshold } = findClosest(scores, relatedCount(size, limit));
  const derived = new Set(kept);
  const logged = new Set(decision.candidates.map(({ itemId }) => itemId));
  // Features are compared without rounding, a policy's logits are not.
  const tolerance = relatedTo.kind === "similar" ? 0 : auditTolerance;
  const areClosest =
    logged.size === derived.size &&
    scores.every(
      (score, index) =>
        logged.has(offered.at(index).view.itemId) === derived.has(index) ||
        Math.abs(score - threshold) < tolerance,
    );
  if (areClosest) return {};
  const { itemId, kind } = relatedTo;
  return { problem: `other items are ${kind} to '${itemId}': the row was changed` };
}
