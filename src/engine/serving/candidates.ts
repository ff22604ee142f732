import type { Candidate } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import type { ItemId } from "../../domain/ids.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { itemTokens } from "../../policy/item-features.ts";
import type { ItemView } from "../../policy/policy.ts";
import type { Auction } from "../campaigns/auction.ts";
import type { ItemGroup } from "../rules/group-index.ts";
import { factsOfFeatures, type ItemFacts } from "../rules/item-facts.ts";
import { mayBeOffered, type OfferRules } from "../rules/offer-rules.ts";
import { isInGroup, placesInGroups } from "../rules/read-groups.ts";
import type { Catalogue } from "../state/catalogue.ts";
import { featuresOf } from "../state/notes.ts";
import type { OfferedList } from "../state/offered-lists.ts";
import { itemAt, type OfferedItems, offerList } from "./offered-items.ts";

/** A candidate of the request: its own features if it has any, the catalogue's otherwise. */
export function viewCandidate(candidate: Candidate, catalogue: Catalogue): ItemView {
  const { itemId, features } = candidate;
  if (features !== undefined) {
    const tokens = itemTokens({ categories: [], attributes: featuresOf(features) });
    return { itemId, sequence: undefined, tokens };
  }
  const known = catalogue.find(itemId);
  if (known !== undefined) return known;
  throw new EngineError(
    "unknown_item",
    `candidate '${itemId}' is not in the catalogue; create it with PUT /api/v1/items/${itemId} or send its features with the candidate`,
    { details: { itemId } },
  );
}

/** A candidate as rules see it: its own features are its only attributes. */
export const factsOfCandidate = (candidate: Candidate, catalogue: Catalogue): ItemFacts =>
  candidate.features === undefined
    ? catalogue.factsOf(candidate.itemId)
    : factsOfFeatures(candidate);

/** A candidate of a logged decision; a row changed by hand must not stop the loop, so an item that never was has no features. */
export const viewLogged = (candidate: Candidate, catalogue: Catalogue): ItemView =>
  candidate.features === undefined
    ? catalogue.get(candidate.itemId)
    : viewCandidate(candidate, catalogue);

/** @throws invalid_request, no_candidates before anything is read */
export function checkRequest(
  slateSize: number,
  candidates: readonly Candidate[] | undefined,
): void {
  if (candidates === undefined) return;
  checkAny(candidates.length, slateSize);
  checkEnough(candidates.length, slateSize);
  const seen = new Set<ItemId>();
  for (const [index, { itemId }] of candidates.entries()) {
    if (seen.has(itemId)) {
      throw new EngineError(
        "invalid_request",
        `candidates[${index}] repeats '${itemId}'; send each item once`,
        {
          details: { field: `candidates[${index}]`, value: itemId },
        },
      );
    }
    seen.add(itemId);
  }
}

/**
 * The rules of the scenario can leave none of those that were sent, so this is asked twice.
 * @param hasAds items are shown for campaigns; @throws no_candidates
 */
export function checkAny(count: number, slateSize: number, hasAds = false): void {
  if (count > 0) return;
  const ads = hasAds
    ? ". Only ads are shown: their attribute campaign must name a campaign of this scenario that runs and has budget left"
    : "";
  throw new EngineError(
    "no_candidates",
    `no candidate is left; send candidates, add items to the catalogue, or loosen the rules of scenario and request that leave items out${ads}`,
    { details: { candidates: 0, slateSize } },
  );
}

/** Only the quality floor of ads leaves no offered item. @throws no_candidates */
export function checkShown(count: number, { name }: Pick<Scenario, "name">): void {
  if (count > 0) return;
  throw new EngineError(
    "no_candidates",
    `no ad reaches the quality floor of scenario '${name}'; show no ad, or lower its ads.qualityFloor`,
    { details: { candidates: 0, scenario: name } },
  );
}

/**
 * Too few candidates are the caller's mistake; if only the rules leave too few, the slate is
 * shorter.
 */
function checkEnough(count: number, slateSize: number): void {
  if (count >= slateSize) return;
  throw new EngineError(
    "invalid_request",
    `slateSize ${slateSize} is larger than the ${count} candidates; ask for fewer or send more`,
    { details: { field: "slateSize", value: slateSize, candidates: count } },
  );
}

/**
 * The available catalogue in the order in which its items were created, or the request's candidates that are not withdrawn; without
 * those that a rule leaves out.
 */
export function eligible(options: {
  readonly candidates: readonly Candidate[] | undefined;
  readonly catalogue: Catalogue;
  readonly rules: OfferRules;
  /** For this user. */
  readonly leftOut: ReadonlySet<ItemId>;
  /** The same by values that items have in common. */
  readonly groups?: readonly ItemGroup[];
  /** Of a scenario with ads: other items than those of its campaigns are left out. */
  readonly auction?: Auction | undefined;
}): OfferedItems {
  const { candidates, catalogue, rules, leftOut, groups = [], auction } = options;
  if (candidates === undefined) {
    const list = catalogue.offered(rules);
    const single = catalogue.indicesIn(list, new Set([...leftOut, ...rules.except]));
    const grouped = placesInGroups(list.facts, groups);
    const hidden =
      grouped.length === 0 ? single : [...new Set([...single, ...grouped])].sort((a, b) => a - b);
    const find: OfferedItems["find"] = (items) => catalogue.indicesIn(list, items);
    const left = auction ? hideClosed(list, hidden, auction) : hidden;
    return offerList({ ...list, find }, left, ({ itemId }) => ({ itemId }));
  }
  const offered = candidates
    .map((candidate) => ({
      candidate,
      view: viewCandidate(candidate, catalogue),
      facts: factsOfCandidate(candidate, catalogue),
    }))
    .filter(({ candidate, view }) => candidate.features || !catalogue.isWithdrawn(view.itemId))
    .filter(({ view }) => !leftOut.has(view.itemId))
    .filter(({ facts }) => mayBeOffered(facts, rules) && !isInGroup(facts, groups))
    .filter(({ facts }) => auction?.findAd(facts) !== undefined || auction === undefined);
  const list = {
    views: offered.map(({ view }) => view),
    facts: offered.map(({ facts }) => facts),
  };
  return offerList(list, [], (_, place) => itemAt(offered, place).candidate);
}

/** With the items whose campaign doesn't take part. */
function hideClosed(
  { facts }: OfferedList,
  hidden: readonly number[],
  { findAd }: Auction,
): readonly number[] {
  const before = new Set(hidden);
  return [...facts.keys()].filter(
    (index) => before.has(index) || findAd(itemAt(facts, index)) === undefined,
  );
}
