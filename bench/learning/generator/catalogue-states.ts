import { describeItems } from "../../../src/lab/worlds/synthetic-catalogue.ts";
import { attraction, createTruth, type Truth } from "../../../src/lab/worlds/synthetic-truth.ts";
import { rewardHeadCount } from "../../../src/learning/critic-shape.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { itemTokens } from "../../../src/policy/item-features.ts";
import type { ItemView, PolicyState } from "../../../src/policy/policy.ts";
import { createProfile } from "../../../src/policy/profile.ts";
import type { GeneratorRow } from "./generator.ts";

const clicksOfHistory = 8;

/** Users of the synthetic world with a catalogue, and what each item is worth to each of them. */
export interface CatalogueWorld {
  readonly views: readonly ItemView[];
  readonly users: readonly { readonly state: PolicyState; readonly worth: Float64Array }[];
}

/** A user's clicks while looking through the catalogue at random. */
function browse(worth: Float64Array, random: RandomStream): number[] {
  const clicked = new Set<number>();
  while (clicked.size < clicksOfHistory) {
    const item = random.integer(worth.length);
    if (random.uniform() < worth[item]!) clicked.add(item);
  }
  return [...clicked];
}

function createUser(views: readonly ItemView[], worth: Float64Array, random: RandomStream) {
  const history = browse(worth, random).map((item) => views[item]!);
  const profile = createProfile({
    history: history.map(({ itemId }, index) => ({
      sequence: index + 1,
      itemId,
      type: "click",
      value: 1,
      occurredAt: index,
    })),
    rule: { weights: { click: 1 }, windowSeconds: 60, defaultReward: 0, minimum: 0, maximum: 1 },
    context: {},
    userAttributes: {},
  });
  const byId = new Map(history.map((view) => [view.itemId, view]));
  return { state: { profile, history: profile.itemIds.map((id) => byId.get(id)!) }, worth };
}

const worthOf = (truth: Truth, user: number, items: number): Float64Array =>
  Float64Array.from({ length: items }, (_, item) =>
    attraction(truth, truth.phases[0]!, user, item),
  );

export function createCatalogueWorld(
  { items, users }: { readonly items: number; readonly users: number },
  random: RandomStream,
): CatalogueWorld {
  const truth = createTruth({ items, users, drift: false, random: random.split("truth") });
  const views = describeItems(truth.items, random.split("items")).map((item, sequence) => ({
    itemId: item.itemId,
    sequence,
    tokens: itemTokens(item),
  }));
  const browsing = random.split("history");
  return {
    views,
    users: Array.from({ length: users }, (_, user) =>
      createUser(views, worthOf(truth, user, items), browsing),
    ),
  };
}

/**
 * A decision of the uniform policy among some items of the catalogue. Its reward model is the truth, so that what a
 * generator loses is its own.
 */
export function createRow(
  { views, users }: CatalogueWorld,
  { user, items }: { readonly user: number; readonly items: readonly number[] },
  random: RandomStream,
): GeneratorRow {
  const { state, worth } = users[user]!;
  const rewards = Float64Array.from(items, (item) => worth[item]!);
  const action = random.integer(items.length);
  return {
    state,
    candidates: items.map((item) => views[item]!),
    action,
    reward: random.uniform() < rewards[action]! ? 1 : 0,
    scores: {
      logPolicy: new Float64Array(items.length).fill(-Math.log(items.length)),
      rewardHeads: new Array<Float64Array>(rewardHeadCount).fill(rewards),
      discriminator: new Float64Array(items.length),
    },
  };
}
