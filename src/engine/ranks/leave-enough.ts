import type { Candidate } from "../../domain/decision.ts";
import type { ItemId } from "../../domain/ids.ts";
import type { RankSlot } from "./rank-request.ts";

type Offers = readonly Pick<RankSlot, "candidates">[];

interface Search {
  /** By action, the slot that holds it. */
  readonly held: Map<ItemId, number>;
  /** Actions that are no way to a free one. */
  readonly tried: Set<ItemId>;
}

/** Gives a slot an action: a free one, or one whose slot finds another (augmenting paths, Kuhn 1955). */
function place(slots: Offers, index: number, { held, tried }: Search): boolean {
  for (const { itemId } of slots[index]?.candidates ?? []) {
    if (tried.has(itemId)) continue;
    tried.add(itemId);
    const holder = held.get(itemId);
    if (holder !== undefined && !place(slots, holder, { held, tried })) continue;
    held.set(itemId, index);
    return true;
  }
  return false;
}

/**
 * Actions of the first slot that no slot before has taken, and that leave one for each of the slots after it. Of a request whose
 * slots can't all be filled, those that are not taken.
 */
export function leaveEnough(
  [slot, ...later]: Offers,
  taken: ReadonlySet<ItemId>,
): readonly Candidate[] {
  const left = slot?.candidates.filter(({ itemId }) => !taken.has(itemId)) ?? [];
  const held = new Map<ItemId, number>();
  const isFilled = later.every((_, index) => place(later, index, { held, tried: new Set(taken) }));
  if (!isFilled) return left;
  return left.filter(({ itemId }) => {
    const holder = held.get(itemId);
    const search = { held: new Map(held), tried: new Set([...taken, itemId]) };
    return holder === undefined || place(later, holder, search);
  });
}
