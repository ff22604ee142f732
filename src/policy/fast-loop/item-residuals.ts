import type { ItemId } from "../../domain/ids.ts";

interface Counted {
  /** Events of the item, forgotten ones as parts of one, and the sum of their targets. */
  readonly weight: number;
  readonly sum: number;
  /** Events of all items when it was last updated. */
  readonly at: number;
}

/** An item, and whether the policy was trained with it. */
export interface ItemOfModel {
  readonly itemId: ItemId;
  readonly isKnown: boolean;
}

export interface Residual {
  readonly mean: number;
  /** Times σ² the posterior variance. */
  readonly spread: number;
}

/** Events that the prior weighs as much as: what a policy was trained with needs more to be corrected. */
const priorEvents = { known: 15, unknown: 10 };

/** For each item a mean residual of its own, shrunk to 0, with forgetting: normal and conjugate, an event at a time. */
export interface ItemResiduals {
  find(item: ItemOfModel): Residual;
  /** Counts one event: all items forget, this one learns. */
  update(item: ItemOfModel, target: number): void;
  clone(): ItemResiduals;
}

export function createItemResiduals(
  forgetting: number,
  start: { readonly items: ReadonlyMap<ItemId, Counted>; readonly events: number } = {
    items: new Map(),
    events: 0,
  },
): ItemResiduals {
  const items = new Map(start.items);
  let { events } = start;
  const recall = (itemId: ItemId) => {
    const found = items.get(itemId);
    if (found === undefined) return { weight: 0, sum: 0 };
    const left = forgetting ** (events - found.at);
    return { weight: found.weight * left, sum: found.sum * left };
  };
  return {
    find: ({ itemId, isKnown }) => {
      const { weight, sum } = recall(itemId);
      const precision = weight + (isKnown ? priorEvents.known : priorEvents.unknown);
      return { mean: sum / precision, spread: 1 / precision };
    },
    update: ({ itemId }, target) => {
      events += 1;
      const { weight, sum } = recall(itemId);
      items.set(itemId, { weight: weight + 1, sum: sum + target, at: events });
    },
    clone: () => createItemResiduals(forgetting, { items, events }),
  };
}
