import type { Item } from "../../domain/catalogue.ts";
import { EngineError } from "../../domain/errors.ts";
import type { ItemId, UserId } from "../../domain/ids.ts";
import type { Reaction, World } from "../../domain/world.ts";
import { hashUniform } from "../../numeric/hash.ts";
import { createRandom, type RandomStream } from "../../numeric/random.ts";
import { sampleIndices } from "../../numeric/sample-indices.ts";
import { assertTurn, checkInteger, seedRange } from "./check-options.ts";
import { type JesterData, readJester } from "./jester-files.ts";

export interface JesterWorldOptions {
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  /** Folder of ratings.tsv and jokes.tsv. */
  readonly folder: string;
  /** Users drawn from those with enough ratings; all of them by default. */
  readonly users?: number;
}

const candidateCount = 20;
const gaugeCount = 10;

interface Rater {
  readonly userId: UserId;
  /** Rewards in [−1, 1], by joke: rating / 10. */
  readonly gauge: readonly Reaction[];
  readonly rewards: ReadonlyMap<ItemId, number>;
  /** The jokes of `rewards`. */
  readonly jokes: readonly ItemId[];
}

/** The jokes that most users rated, most first; ties in file order. */
function gaugeSet({ jokes, ratings }: JesterData): ItemId[] {
  const counts = new Map<ItemId, number>([...jokes.keys()].map((joke) => [joke, 0]));
  for (const own of ratings.values()) {
    for (const joke of own.keys()) counts.set(joke, counts.get(joke)! + 1);
  }
  const byCount = [...counts].sort(([, a], [, b]) => b - a);
  return byCount.slice(0, gaugeCount).map(([joke]) => joke);
}

const rate = (joke: ItemId, rating: number): Reaction => ({
  itemId: joke,
  type: "rating",
  value: rating / 10,
});

/** Users with at least `candidateCount` ratings outside the gauge set, in file order. */
function createRaters({ ratings }: JesterData, gauge: readonly ItemId[]): Rater[] {
  const raters = [...ratings].map(([userId, own]): Rater => {
    const others = [...own].filter(([joke]) => !gauge.includes(joke));
    return {
      userId,
      gauge: gauge.filter((joke) => own.has(joke)).map((joke) => rate(joke, own.get(joke)!)),
      rewards: new Map(others.map(([joke, rating]) => [joke, rating / 10])),
      jokes: others.map(([joke]) => joke),
    };
  });
  return raters.filter(({ jokes }) => jokes.length >= candidateCount);
}

function drawRaters(all: readonly Rater[], options: JesterWorldOptions, random: RandomStream) {
  if (all.length === 0) {
    throw new EngineError(
      "invalid_file",
      `ratings.tsv must have a user with at least ${candidateCount} ratings outside the ${gaugeCount} jokes rated most, has none; use the whole data set`,
      { details: { folder: options.folder } },
    );
  }
  const count = options.users ?? all.length;
  checkInteger("users", count, { minimum: 1, maximum: all.length });
  return sampleIndices(count, all.length, random).map((index) => all[index]!);
}

function answer({ userId, rewards }: Rater, slate: readonly ItemId[]): Reaction[] {
  if (slate.length > 1) throw new RangeError(`a slate has at most 1 joke, got ${slate.length}`);
  return slate.map((itemId) => {
    const value = rewards.get(itemId);
    if (value === undefined) {
      throw new RangeError(`'${itemId}' is no candidate: '${userId}' did not rate it`);
    }
    return { itemId, type: "rating", value };
  });
}

type Visits = Pick<World, "visit" | "react" | "expectedReward" | "bestSlate">;

function createVisits(raters: readonly Rater[], seed: number, random: RandomStream): Visits {
  const visitor = (turn: number) => {
    assertTurn(turn);
    return raters[Math.floor(hashUniform(`${seed}/visitor/${turn}`) * raters.length)]!;
  };
  const offered = (turn: number) => {
    const { jokes } = visitor(turn);
    const indices = sampleIndices(candidateCount, jokes.length, random.split(`candidates/${turn}`));
    return indices.map((index) => jokes[index]!);
  };
  return {
    visit: (turn) => ({
      userId: visitor(turn).userId,
      context: {},
      candidates: offered(turn).map((itemId) => ({ itemId })),
    }),
    react: (turn, slate) => answer(visitor(turn), slate),
    expectedReward: (turn, slate) => answer(visitor(turn), slate)[0]?.value ?? 0,
    bestSlate: (turn) => {
      const { rewards } = visitor(turn);
      const better = (a: ItemId, b: ItemId) => (rewards.get(b)! > rewards.get(a)! ? b : a);
      return [offered(turn).reduce(better)];
    },
  };
}

/**
 * Real feedback: every answer is the rating that this user gave this joke (Goldberg et al. 2001, "Eigentaste"). As on
 * Jester's own site, the jokes that most users rated are the gauge set: they are the history, and never candidates. A
 * visit offers 20 of the other jokes that its user rated. No drift and no noise.
 *
 * Reads both files whole, at most 32 MB each. Jester 5k takes 35 MB, and 110 MB while it is read.
 *
 * @throws EngineError `invalid_configuration`, `not_found`, `payload_too_large`, `invalid_file`
 * @example const world = createJesterWorld({ seed: 1, folder: "../../shared/data/jester5k", users: 500 });
 */
export function createJesterWorld(options: JesterWorldOptions): World {
  checkInteger("seed", options.seed, seedRange);
  const data = readJester(options.folder);
  const random = createRandom(options.seed).split("jester-world");
  const all = createRaters(data, gaugeSet(data));
  const raters = drawRaters(all, options, random.split("users"));
  return {
    name: "jester",
    items: [...data.jokes].map(
      ([itemId, text]): Item => ({ itemId, categories: [], attributes: { text }, available: true }),
    ),
    users: raters.map(({ userId }) => ({ userId, attributes: {} })),
    history: raters.flatMap(({ userId, gauge }) =>
      gauge.map((reaction) => ({ userId, ...reaction })),
    ),
    slateSize: 1,
    rewards: { weights: { rating: 1 }, minimum: -1, maximum: 1 },
    ...createVisits(raters, options.seed, random),
  };
}
