import type { User } from "../../domain/catalogue.ts";
import { userId } from "../../domain/ids.ts";
import type { World } from "../../domain/world.ts";
import { createRandom, type RandomStream } from "../../numeric/random.ts";
import { describeItems } from "./synthetic-catalogue.ts";
import { completeSyntheticOptions, type SyntheticWorldOptions } from "./synthetic-options.ts";
import { attraction, createTruth, type Truth } from "./synthetic-truth.ts";
import { createVisits } from "./synthetic-visits.ts";

/** Past clicks of a user, each on another item. */
const historyRange = { minimum: 5, maximum: 8 };

/** Clicks of a user who looks through the catalogue at random, before the first visit. */
function browse(truth: Truth, userIndex: number, random: RandomStream): number[] {
  const { minimum, maximum } = historyRange;
  const wanted = minimum + random.integer(maximum - minimum + 1);
  const clicked = new Set<number>();
  while (clicked.size < wanted) {
    const index = random.integer(truth.items.length);
    const probability = attraction(truth, truth.phases[0]!, userIndex, index);
    if (random.uniform() < probability) clicked.add(index);
  }
  return [...clicked];
}

/**
 * A world whose truth is known. Users gather around 8 genres; a user who looks at an item clicks on it with probability
 * σ(intercept + slope · ⟨taste, item⟩ + quality), and looks at position k with probability (1 + k)^−½. Each visit is by a
 * user drawn uniformly and offers 20 items drawn without replacement, sent without features: those are in `items`. The
 * context's `device` means nothing. Figures of the default world: docs/methods/worlds.md.
 *
 * Holds about 1.2 kB an item or user (130 MB at the limits), and keeps nothing between calls.
 *
 * @throws EngineError `invalid_configuration`
 * @example const world = createSyntheticWorld({ seed: 1, drift: "abrupt", turns: 10_000 });
 */
export function createSyntheticWorld(given: SyntheticWorldOptions): World {
  const options = completeSyntheticOptions(given);
  const random = createRandom(options.seed).split("synthetic-world");
  const drift = options.drift === "abrupt";
  const truth = createTruth({ items: options.items, users: options.users, drift, random });
  const items = describeItems(truth.items, random.split("catalogue"));
  const users = Array.from(
    { length: options.users },
    (_, index): User => ({ userId: userId(`user-${index + 1}`), attributes: {} }),
  );
  const browsing = random.split("history");
  return {
    name: drift ? "synthetic-drift" : "synthetic",
    items,
    users,
    history: users.flatMap((user, userIndex) =>
      browse(truth, userIndex, browsing).map((index) => ({
        userId: user.userId,
        itemId: items[index]!.itemId,
        type: "click",
        value: 1,
      })),
    ),
    slateSize: options.slateSize,
    rewards: { weights: { click: 1 }, minimum: 0, maximum: 1 },
    ...createVisits({ options, truth, items, users, random }),
  };
}
