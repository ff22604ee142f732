import { hashUniform } from "../../../numeric/hash.ts";
import { logistic } from "../../../numeric/logistic.ts";
import { createRandom, type RandomStream } from "../../../numeric/random.ts";

export interface ShopOptions {
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  readonly items: number;
  readonly users: number;
  readonly slateSize: number;
  /** Mean click probability of a user and an item at the first position, both drawn uniformly. */
  readonly clickRate: number;
}

const topics = 12;
const formats = 4;
/** Combinations of topic and format that a user likes. */
const likedKinds = 3;
/** In logits. Together they give the best fixed order about three times the clicks of chance, the best for each user six times. */
const liking = 1.8;
const qualityDeviation = 0.5;
const pairsToCalibrate = 20_000;

/** A topic in a format: users like the combination, neither the topic nor the format. */
const kindOf = (topic: number, format: number): number => topic * formats + format;

/** What the shop knows of its users and items, and nobody else. */
export interface ShopTruth {
  readonly itemTopics: Int32Array;
  readonly itemFormats: Int32Array;
  /** Click probability of an item that the user looks at, both by index. */
  appeal(user: number, item: number): number;
}

/** Liked topics differ, and so do their formats: the mean over users shows no topic and no format. */
function drawLiked(random: RandomStream): ReadonlySet<number> {
  const chosen = new Map<number, number>();
  while (chosen.size < likedKinds) chosen.set(random.integer(topics), random.integer(formats));
  return new Set([...chosen].map(([topic, format]) => kindOf(topic, format)));
}

/** The logit that every pair gets, so that the mean probability is the wanted one: bisection. */
function calibrate(scores: Float64Array, clickRate: number): number {
  let [low, high] = [-15, 5];
  for (let round = 0; round < 40; round++) {
    const middle = (low + high) / 2;
    const mean = scores.reduce((sum, score) => sum + logistic(middle + score), 0) / scores.length;
    if (mean < clickRate) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Tastes that no sum of features tells: logit = c + 1.8·[the user likes this topic in this format] + quality of the item, which no feature
 * shows.
 */
export function createShopTruth({ seed, items, users, clickRate }: ShopOptions): ShopTruth {
  const random = createRandom(seed).split("shop");
  const draw = (bound: number, label: string) => {
    const stream = random.split(label);
    return Int32Array.from({ length: items }, () => stream.integer(bound));
  };
  const itemTopics = draw(topics, "topics");
  const itemFormats = draw(formats, "formats");
  const qualities = random.split("qualities");
  const quality = Float64Array.from({ length: items }, () => qualityDeviation * qualities.normal());
  const tastes = random.split("tastes");
  const liked = Array.from({ length: users }, () => drawLiked(tastes));
  const score = (user: number, item: number) =>
    (liked[user]!.has(kindOf(itemTopics[item]!, itemFormats[item]!)) ? liking : 0) + quality[item]!;
  const pairs = random.split("pairs");
  const scores = Float64Array.from({ length: pairsToCalibrate }, () =>
    score(pairs.integer(users), pairs.integer(items)),
  );
  const intercept = calibrate(scores, clickRate);
  return {
    itemTopics,
    itemFormats,
    appeal: (user, item) => logistic(intercept + score(user, item)),
  };
}

/** The visitor of a turn, drawn uniformly. */
export const visitorOf = (turn: number, { seed, users }: ShopOptions): number =>
  Math.floor(hashUniform(`${seed}/visitor/${turn}`) * users);
