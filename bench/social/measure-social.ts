import { fitItemNeighbours } from "../../src/analysis/rankers/item-neighbours.ts";
import { fitPopularity } from "../../src/analysis/rankers/popularity.ts";
import type { Ranker } from "../../src/analysis/rankers/ranker.ts";
import { itemId, userId } from "../../src/domain/ids.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { readSocial } from "../../src/engine/social/read-social.ts";
import { measureAccuracy } from "../../src/evaluation/ranking/accuracy.ts";
import { rankItems } from "../../src/evaluation/ranking/rank-items.ts";
import { createRandom, shuffle } from "../../src/numeric/random.ts";
import type { Store } from "../../src/storage/store.ts";
import { mean } from "../statistics.ts";
import type { Lastfm } from "./read-lastfm.ts";

const k = 10;
/** Of a user's artists. */
const heldOutShare = 0.2;
const leastArtists = 10;
/** Weights of the feature `engaged` beside a ranker's log-score. */
const weights = [0, 0.25, 0.5, 1, 2, 4];
/** As `recurve evaluate ranking` has them. */
const neighbours = { neighbours: 100, shrinkage: 10 };
const rule = { types: ["like"], hours: 8760, candidates: 50 };

/** A user whose held-out artists are to be foreseen. */
interface Listener {
  readonly kept: readonly number[];
  readonly heldOut: readonly number[];
  /** By artist: the feature that serving gives a candidate, 0 for most. */
  readonly engaged: ReadonlyMap<number, number>;
}

export interface SocialRow {
  readonly ranker: string;
  /** Chosen on the other half of the users. */
  readonly weight: number;
  /** HR@10 by user, in one order. */
  readonly without: readonly number[];
  readonly withFriends: readonly number[];
}

export interface SocialSeed {
  readonly seed: number;
  readonly listeners: number;
  readonly rows: readonly SocialRow[];
  /** Shares of the held-out artists among 50: those of most friends, and the most popular ones. */
  readonly foundByFriends: number;
  readonly foundByPopularity: number;
}

function holdOut(artists: Lastfm["artists"], seed: number) {
  const random = createRandom(seed).split("held-out");
  return artists.map((own) => {
    if (own.length < leastArtists) return { kept: own, heldOut: [] };
    const mixed = shuffle([...own], random);
    const heldOut = mixed.slice(0, Math.round(heldOutShare * own.length));
    return { kept: own.filter((artist) => !heldOut.includes(artist)), heldOut };
  });
}

/** The record as the product has it: kept artists are events, friendships are edges. The most played one is the newest event. */
async function fill(
  store: Store,
  { users, friends }: Lastfm,
  kept: readonly (readonly number[])[],
) {
  await store.users.put(users.map((user) => ({ userId: userId(user), attributes: {} })));
  await store.events.record(
    kept.flatMap((own, user) =>
      own.toReversed().map((artist) => ({
        event: {
          type: "like",
          value: 1,
          occurredAt: 1,
          userId: userId(users[user]!),
          itemId: itemId(String(artist)),
        },
      })),
    ),
  );
  await store.edges.put(friends);
}

async function readEngaged(store: Store, user: string): Promise<ReadonlyMap<number, number>> {
  const moment = { userId: userId(user), asOf: await store.sequence(), now: 2 };
  const social = await readSocial(store, rule, moment);
  return new Map(
    social?.engaged.map(({ itemId: artist, people }) => [Number(artist), Math.log2(1 + people)]),
  );
}

function hitRate(ranker: Ranker, { kept, heldOut, engaged }: Listener, weight: number): number {
  const scores = ranker.score(kept).map((score) => Math.log(score + 1e-3));
  for (const [artist, level] of engaged) scores[artist]! += weight * level;
  return measureAccuracy(rankItems({ scores, seen: new Set(kept) }, heldOut), {
    relevant: heldOut.length,
    k,
  }).hitRate;
}

/** The weight is chosen on one half of the users, and both are measured on the other. */
function compare(name: string, ranker: Ranker, listeners: readonly Listener[]): SocialRow {
  const choosing = listeners.filter((_, index) => index % 2 === 1);
  const measuring = listeners.filter((_, index) => index % 2 === 0);
  const meanWith = (weight: number) => mean(choosing.map((one) => hitRate(ranker, one, weight)));
  const rated = weights.map((weight) => ({ weight, hits: meanWith(weight) }));
  const { weight } = rated.reduce((best, one) => (one.hits > best.hits ? one : best));
  return {
    ranker: name,
    weight,
    without: measuring.map((one) => hitRate(ranker, one, 0)),
    withFriends: measuring.map((one) => hitRate(ranker, one, weight)),
  };
}

function foundIn(listeners: readonly Listener[], listOf: (one: Listener) => readonly number[]) {
  return mean(
    listeners.map((one) => {
      const list = new Set(listOf(one));
      return mean(one.heldOut.map((artist) => (list.has(artist) ? 1 : 0)));
    }),
  );
}

/** Held-out artists of users with friends, foreseen with and without what the friends like. */
export async function measureSocial(data: Lastfm, seed: number): Promise<SocialSeed> {
  const split = holdOut(data.artists, seed);
  const kept = split.map((one) => one.kept);
  const store = await openStore(":memory:");
  try {
    await fill(store, data, kept);
    const listeners: Listener[] = [];
    for (const [index, one] of split.entries()) {
      const engaged = await readEngaged(store, data.users[index]!);
      if (one.heldOut.length > 0 && engaged.size > 0) listeners.push({ ...one, engaged });
    }
    const fitted = { training: kept, itemCount: data.artistCount };
    const popularity = fitPopularity(fitted);
    const popular = [...popularity.score([]).entries()].sort(([, a], [, b]) => b - a);
    const first = (artists: readonly number[], one: Listener) =>
      artists.filter((artist) => !one.kept.includes(artist)).slice(0, rule.candidates);
    return {
      seed,
      listeners: listeners.length,
      rows: [
        compare("popularity", popularity, listeners),
        compare("item neighbours", fitItemNeighbours(fitted, neighbours), listeners),
      ],
      foundByFriends: foundIn(listeners, (one) => first([...one.engaged.keys()], one)),
      foundByPopularity: foundIn(listeners, (one) =>
        first(
          popular.map(([artist]) => artist),
          one,
        ),
      ),
    };
  } finally {
    await store.close();
  }
}
