import type { Decision } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Store } from "../../storage/store.ts";
import { eligible } from "../serving/candidates.ts";
import type { LogitDeriver } from "./derive-logits.ts";

/**
 * The reason why a decision can't have had its candidates: one did not exist, was withdrawn or seen
 * at its event number, or is there twice, or they are too many; undefined if it can.
 */
export async function checkCandidates(
  { store, deriver }: { readonly store: Store; readonly deriver: LogitDeriver },
  { candidates, slate, asOf, userId, servingRule: rule }: Decision,
): Promise<string | undefined> {
  const limit = Math.max(slate.length, rule?.maxCandidates ?? Number.POSITIVE_INFINITY);
  if (candidates.length > limit)
    return `${candidates.length} candidates are more than ${limit}: the row was changed`;
  if (new Set(candidates.map(({ itemId }) => itemId)).size < candidates.length)
    return "a candidate is there twice: the row was changed";
  const catalogue = await deriver.catalogueAsOf(asOf);
  const excludeSeen = rule?.excludeSeen ?? false;
  const seen = excludeSeen ? await store.events.seenItems(userId, asOf) : new Set<never>();
  try {
    const offered = eligible({ candidates, catalogue, excludeSeen, seen });
    const allowed = new Set(offered.map(({ view }) => view.itemId));
    const other = candidates.find(({ itemId }) => !allowed.has(itemId));
    return (
      other &&
      `candidate '${other.itemId}' was withdrawn or seen at event number ${asOf}: the row was changed`
    );
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "unknown_item") throw error;
    return `candidate '${error.details.itemId}' was not in the catalogue at event number ${asOf}: the row was changed`;
  }
}
