import { numbersWithout } from "../../numeric/index-list.ts";
import { groupIndex } from "../rules/group-index.ts";
import { groupKey } from "../rules/item-facts.ts";
import type { OfferedItems } from "../serving/offered-items.ts";
import type { Catalogue } from "../state/catalogue.ts";
import type { Social } from "./read-social.ts";

/** Newest items of each connected author that are looked at. */
const newestOfAuthor = 20;

/** Places of the newest items of connected authors, newest first. */
function newestOfAuthors({ facts }: OfferedItems, { rule, connected }: Social): readonly number[] {
  if (rule.author === undefined) return [];
  const index = groupIndex(facts, rule.author);
  const places = [...connected.keys()].flatMap(
    (author) => index.get(groupKey(author))?.slice(-newestOfAuthor) ?? [],
  );
  return [...new Set(places)].sort((left, right) => right - left);
}

/** Places of the items that connected people engaged with; those of the most people first. */
function engagedItems(
  { list: views, facts, places = new Int32Array() }: OfferedItems,
  { engaged }: Social,
  catalogue: Catalogue,
): readonly number[] {
  const list = { views, facts, places };
  return engaged.flatMap(({ itemId }) => catalogue.indicesIn(list, [itemId]));
}

/** One of each in turn, as long as there are. */
const inTurns = (left: readonly number[], right: readonly number[]): readonly number[] =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, turn) =>
    [left[turn], right[turn]].filter((place) => place !== undefined),
  ).flat();

/**
 * Candidates of connected people among a catalogue's offered items: one that they engaged with and one of a connected author in turn, up
 * to the rule's number and half of `limit`.
 * @returns ascending
 */
export function socialCandidates(
  offered: OfferedItems,
  social: Social | undefined,
  { catalogue, limit }: { readonly catalogue: Catalogue; readonly limit: number },
): readonly number[] {
  if (social === undefined || offered.count <= limit) return [];
  const most = Math.min(social.rule.candidates, Math.floor(limit / 2));
  const hidden = new Set(offered.hidden);
  const places = inTurns(
    engagedItems(offered, social, catalogue),
    newestOfAuthors(offered, social),
  ).filter((place) => !hidden.has(place));
  const chosen = [...new Set(places)].slice(0, most).sort((left, right) => left - right);
  return numbersWithout(chosen, offered.hidden);
}
