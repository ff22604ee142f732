import type { Candidate } from "../../domain/decision.ts";
import type { ItemId } from "../../domain/ids.ts";
import { findIndex } from "../../numeric/find-index.ts";
import { indicesOfLeft } from "../../numeric/index-list.ts";
import { viewsAt } from "../../policy/list-part.ts";
import type { ItemView } from "../../policy/policy.ts";
import type { ItemFacts } from "../rules/item-facts.ts";
import type { OfferedList } from "../state/offered-lists.ts";

/** An item that may be shown, as a decision logs it, and as policies and rules see it. */
export interface OfferedItem {
  readonly candidate: Candidate;
  readonly view: ItemView;
  readonly facts: ItemFacts;
}

/** The same of some items. */
export interface PickedItems {
  readonly candidates: readonly Candidate[];
  readonly views: readonly ItemView[];
  readonly facts: readonly ItemFacts[];
}

/**
 * Items that may be shown: those of a list that are not hidden. A catalogue can have a hundred thousand, of which a user has seen a few: the
 * list stays the same from request to request, and a candidate is made on demand.
 */
export interface OfferedItems {
  readonly list: readonly ItemView[];
  /** Of the list. */
  readonly facts: readonly ItemFacts[];
  /** Of a catalogue's list: numbers of the items in the order of creation, ascending. */
  readonly places?: Int32Array;
  /** Indices into the list, ascending. */
  readonly hidden: readonly number[];
  readonly count: number;
  /** Indices into the list of some items, ascending; none of an item that is not there. */
  find(items: ReadonlySet<ItemId>): readonly number[];
  /** @param index below the count */
  at(index: number): OfferedItem;
  /** @param indices ascending, below the count */
  pick(indices: readonly number[]): PickedItems;
}

/** In a list of any length. */
const findInList = (list: readonly ItemView[], items: ReadonlySet<ItemId>): readonly number[] =>
  items.size === 0 ? [] : [...list.keys()].filter((index) => items.has(itemAt(list, index).itemId));

interface Offer extends Pick<OfferedList, "views" | "facts"> {
  readonly places?: Int32Array;
  readonly find?: OfferedItems["find"];
}

/** @param find default: by a look at each item */
export function offerList(
  { views: list, facts, places, find = (items) => findInList(list, items) }: Offer,
  hidden: readonly number[],
  candidateOf: (view: ItemView, place: number) => Candidate,
): OfferedItems {
  const hiddenBefore = (index: number) =>
    findIndex(hidden.length, (place) => (hidden[place] ?? 0) - place > index);
  const at = (index: number) => {
    const place = index + hiddenBefore(index);
    const view = itemAt(list, place);
    return { candidate: candidateOf(view, place), view, facts: itemAt(facts, place) };
  };
  const pick = (indices: readonly number[]) => {
    const places = indicesOfLeft(indices, hidden);
    const views = viewsAt(list, places);
    return {
      candidates: views.map((view, index) => candidateOf(view, places[index] ?? -1)),
      views,
      facts: Array.from(places, (place) => itemAt(facts, place)),
    };
  };
  const count = list.length - hidden.length;
  return { list, facts, ...(places && { places }), hidden, count, find, at, pick };
}

export function itemAt<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`no item ${index} of ${list.length} was offered`);
  return found;
}
