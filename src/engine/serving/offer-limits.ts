import type { Decision, OfferLimits } from "../../domain/decision.ts";
import type { RelatedTo } from "../../domain/related.ts";
import type { ParsedInput } from "./parsed-input.ts";

/** Limits of a request, with its related item and its rules if it has any. */
export function offerOf({ offer, relatedTo, rules = {} }: ParsedInput): OfferLimits | undefined {
  const hasRules = Object.keys(rules).length > 0;
  if (relatedTo === undefined && !hasRules) return offer;
  return { ...offer, ...(relatedTo && { relatedTo }), ...(hasRules && { rules }) };
}

/** Limits as the decision was made: with the kind of related items that stood in, and the places that were asked for. */
export function loggedOffer(
  offer: OfferLimits | undefined,
  made: {
    readonly relatedTo: RelatedTo | undefined;
    readonly size: number;
    readonly shown: number;
  },
): Pick<Decision, "offer"> {
  const { relatedTo, size, shown } = made;
  const isShort = shown < size;
  const added = { ...(relatedTo && { relatedTo }), ...(isShort && { slateSize: size }) };
  return offer === undefined && !isShort ? {} : { offer: { ...offer, ...added } };
}
