import type { ItemFacts } from "../../src/engine/rules/item-facts.ts";
import { dot } from "../../src/numeric/dot.ts";
import { logistic } from "../../src/numeric/logistic.ts";
import { createRandom, type RandomStream } from "../../src/numeric/random.ts";

const genres = ["drama", "comedy", "crime", "horror", "romance", "war", "music", "western"];
const counts = { items: 200, users: 200 };
export const slateSize = 10;
const spread = 0.5;
/** An item of the visit's genre is clicked by about one in two who look at it, another one by one in thirty. */
const [intercept, slope, qualityDeviation] = [-4, 4.5, 0.8];
/** Deviation of a user's log-interests: the first of eight has a third to a half of the visits. */
const interestDeviation = 1.3;
/** What a policy has learned: z = sharpness·log-odds of a click + its error. */
const [sharpness, policyError] = [2, 0.5];

/** An item with the truth about it; a product sees its facts alone. */
export interface WorldItem {
  readonly facts: ItemFacts;
  /** Of length 1, near the axis of its genre. */
  readonly latent: Float64Array;
  /** P(click | looked at) by the genre that the visit is for. */
  readonly clicks: Float64Array;
}

/** A user in front of a slate of `slateSize` from all items. */
export interface WorldVisit {
  readonly logits: Float64Array;
  /** P(genre of the visit). */
  readonly intents: Float64Array;
}

export interface IntentWorld {
  readonly items: readonly WorldItem[];
  readonly visits: readonly WorldVisit[];
}

const draws = (count: number, draw: (index: number) => number) =>
  Float64Array.from({ length: count }, (_, index) => draw(index));

function unit(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return vector.map((one) => one / length);
}

function createItem(index: number, random: RandomStream): WorldItem {
  const genre = random.integer(genres.length);
  const quality = qualityDeviation * random.normal();
  const latent = unit(
    draws(genres.length, (axis) => (axis === genre ? 1 : 0) + 0.3 * spread * random.normal()),
  );
  const facts = {
    itemId: `item-${index}`,
    categories: [genres[genre]!],
    // Neither studio nor language has a part in tastes; no one shares a title.
    attributes: {
      title: `No. ${index}`,
      year: 1950 + random.integer(70),
      studio: `studio-${random.integer(12)}`,
      language: random.uniform() < 0.8 ? "en" : "fr",
    },
  };
  return {
    facts,
    latent,
    clicks: latent.map((one) => logistic(intercept + slope * one + quality)),
  };
}

export const createItems = (count: number, seed: number): readonly WorldItem[] =>
  Array.from({ length: count }, (_, index) =>
    createItem(index, createRandom(seed).split(`item/${index}`)),
  );

/** Users whose visits are each for one genre, and a policy that knows how often for which. */
export function createIntentWorld(seed: number): IntentWorld {
  const random = createRandom(seed).split("intents");
  const items = createItems(counts.items, seed);
  const visits = Array.from({ length: counts.users }, (_, user) => {
    const own = random.split(`user/${user}`);
    const odds = draws(genres.length, () => Math.exp(interestDeviation * own.normal()));
    const total = odds.reduce((sum, one) => sum + one, 0);
    const intents = odds.map((one) => one / total);
    const logits = Float64Array.from(items, ({ clicks }) => {
      const p = dot(intents, clicks);
      return sharpness * Math.log(p / (1 - p)) + policyError * own.normal();
    });
    return { logits, intents };
  });
  return { items, visits };
}

/** Positions are looked at with (1 + k)^−½. */
const examination = (position: number) => 1 / Math.sqrt(1 + position);

/** P(a click at all): one item for the genre of the visit is enough. */
export const satisfaction = ({ intents }: WorldVisit, slate: readonly WorldItem[]): number =>
  intents.reduce((sum, share, genre) => {
    const missed = slate.reduce(
      (all, { clicks }, position) => all * (1 - examination(position) * clicks[genre]!),
      1,
    );
    return sum + share * (1 - missed);
  }, 0);

/** E(clicks) if each item is clicked for itself, whatever stands above. */
export const clicksOf = ({ intents }: WorldVisit, slate: readonly WorldItem[]): number =>
  slate.reduce(
    (sum, { clicks }, position) => sum + examination(position) * dot(intents, clicks),
    0,
  );

/** Mean of 1 − cosine of two items of a slate, by the truth that no rule sees. */
export function distanceInside(vectors: readonly Float64Array[]): number {
  let sum = 0;
  for (const [index, one] of vectors.entries())
    for (const other of vectors.slice(0, index)) sum += 1 - dot(one, other);
  return sum / ((vectors.length * (vectors.length - 1)) / 2);
}
