import { EngineError } from "../../domain/errors.ts";
import { itemId } from "../../domain/ids.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";
import type { RelatedTo } from "../../domain/related.ts";
import { numbersWithout } from "../../numeric/index-list.ts";
import type { OfferedItems } from "../serving/offered-items.ts";
import type { ServingPolicies } from "../serving/serving-policies.ts";
import { findClosest, relatedCount } from "./closest.ts";
import { keepOffered } from "./keep-offered.ts";
import { liftBest, type RelatedParts, scoreRelated } from "./score-related.ts";

/** The offered items that are related, and how they are related. */
interface RelatedOffer {
  readonly offered: OfferedItems;
  readonly relatedTo?: RelatedTo;
  /** The retriever's problem, if similar items stand in for complementary ones. */
  readonly fallback?: string;
}

interface Wanted extends Omit<RelatedParts, "policy"> {
  readonly policies: ServingPolicies;
  readonly assignment: Assignment;
  /** Places of the slate. */
  readonly size: number;
  /** Most candidates. */
  readonly limit: number;
}

/** @throws unknown_item */
function checkKnown({ itemId: item }: RelatedTo, { catalogue }: RelatedParts): void {
  if (catalogue.find(itemId(item)) !== undefined) return;
  const message = `relatedTo names '${item}', which is not in the catalogue; create it with PUT /api/v1/items/${item}`;
  throw new EngineError("unknown_item", message, {
    details: { field: "relatedTo.itemId", itemId: item },
  });
}

async function relate(
  relatedTo: RelatedTo,
  parts: RelatedParts,
  { size, limit }: Wanted,
): Promise<RelatedOffer> {
  const count = relatedCount(size, limit);
  const best = await liftBest(relatedTo, parts, count);
  const { kept } = findClosest(best?.scores ?? (await scoreRelated(relatedTo, parts)), count);
  const numbers = best && numbersWithout(best.indices, parts.offered.hidden);
  const indices = numbers ? kept.map((place) => numbers[place] ?? -1) : kept;
  return { offered: keepOffered(parts.offered, indices), relatedTo };
}

/**
 * The offered items that are closest to an item, whoever asks. If the retriever can't be used, similar ones stand in for complementary
 * ones, and the decision says so.
 * @throws unknown_item
 */
export async function relateOffered(
  relatedTo: RelatedTo | undefined,
  wanted: Wanted,
): Promise<RelatedOffer> {
  const { assignment, offered, policies } = wanted;
  if (relatedTo === undefined) return { offered };
  const byFeatures = { ...wanted, policy: undefined };
  checkKnown(relatedTo, byFeatures);
  const { retriever } = assignment;
  if (relatedTo.kind === "similar" || retriever === undefined)
    return relate(relatedTo, byFeatures, wanted);
  try {
    return await relate(relatedTo, { ...wanted, policy: await policies.get(retriever) }, wanted);
  } catch (error) {
    const fallback = `retriever ${retriever} can't be used: ${(error as Error).message}`;
    const similar = { ...relatedTo, kind: "similar" } as const;
    return { ...(await relate(similar, byFeatures, wanted)), fallback };
  }
}
