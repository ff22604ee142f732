import type { Item } from "../../src/domain/catalogue.ts";
import type { ItemId } from "../../src/domain/ids.ts";
import type { Boost } from "../../src/domain/rules.ts";
import type { CatalogueVisit, World } from "../../src/domain/world.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { sampleIndices } from "../../src/numeric/sample-indices.ts";

/** One visit after the arrival. */
export interface SeenVisit {
  readonly slate: readonly ItemId[];
  readonly clicked: readonly ItemId[];
  /** True reward of the slate. */
  readonly expected: number;
}

export interface ArrivingWorld extends World<CatalogueVisit> {
  readonly newItems: ReadonlySet<ItemId>;
  /** Visits from the arrival on, in their order. */
  readonly seen: readonly SeenVisit[];
}

interface Arrival {
  readonly seed: number;
  /** Share of the items that the catalogue gets later. */
  readonly share: number;
  /** The visit before which they are written. */
  readonly turn: number;
  readonly boosts: readonly Boost[];
}

/** Pinned ones stay. */
function drawNew({ items, rules }: World<CatalogueVisit>, { seed, share }: Arrival) {
  const pinned = new Set(rules?.pins?.map((pin) => pin.itemId));
  const free = items.filter(({ itemId }) => !pinned.has(itemId));
  const random = createRandom(seed).split("new-items");
  const drawn = sampleIndices(Math.round(share * free.length), free.length, random);
  return new Map(drawn.map((index) => [free[index]!.itemId, free[index]!]));
}

/** A world a part of whose items are written for the first time at one of its visits, all at once. */
export function withArrivals(world: World<CatalogueVisit>, arrival: Arrival): ArrivingWorld {
  const waiting = drawNew(world, arrival);
  const newItems = new Set(waiting.keys());
  const seen: SeenVisit[] = [];
  const itemsBefore = (turn: number): readonly Item[] => {
    const changed = world.itemsBefore?.(turn) ?? [];
    if (turn > arrival.turn) return changed;
    for (const item of changed) if (waiting.has(item.itemId)) waiting.set(item.itemId, item);
    const others = changed.filter(({ itemId }) => !waiting.has(itemId));
    return turn === arrival.turn ? [...others, ...waiting.values()] : others;
  };
  return {
    ...world,
    rules: { ...world.rules, boosts: [...(world.rules?.boosts ?? []), ...arrival.boosts] },
    items: world.items.filter(({ itemId }) => !newItems.has(itemId)),
    itemsBefore,
    react: (turn, slate) => {
      const reactions = world.react(turn, slate);
      const clicked = reactions.flatMap(({ type, itemId }) => (type === "click" ? [itemId] : []));
      if (turn >= arrival.turn)
        seen.push({ slate, clicked, expected: world.expectedReward(turn, slate) });
      return reactions;
    },
    newItems,
    seen,
  };
}
