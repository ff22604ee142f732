import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Edge } from "../../src/domain/edge.ts";
import { userId } from "../../src/domain/ids.ts";

/** Users of Last.fm with the artists that they listened to most, and their friends (HetRec 2011; no times). */
export interface Lastfm {
  readonly users: readonly string[];
  /** By user: numbers of artists, most played first. */
  readonly artists: readonly (readonly number[])[];
  readonly artistCount: number;
  readonly friends: readonly Edge[];
}

/** Artists with fewer listeners can't be foreseen by anything but chance. */
const leastListeners = 5;

const readRows = (folder: string, file: string): readonly (readonly string[])[] =>
  readFileSync(join(folder, file), "latin1")
    .trimEnd()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split("\t"));

export function readLastfm(folder: string): Lastfm {
  const listening = readRows(folder, "user_artists.dat");
  const listeners = new Map<string, number>();
  for (const [, artist = ""] of listening) listeners.set(artist, (listeners.get(artist) ?? 0) + 1);
  const kept = [...listeners].filter(([, count]) => count >= leastListeners);
  const numbers = new Map(kept.map(([artist], number) => [artist, number]));
  const byUser = new Map<string, { artist: number; plays: number }[]>();
  for (const [user = "", artist = "", plays] of listening) {
    const number = numbers.get(artist);
    if (number === undefined) continue;
    byUser.set(user, [...(byUser.get(user) ?? []), { artist: number, plays: Number(plays) }]);
  }
  const users = [...byUser.keys()];
  const friends = readRows(folder, "user_friends.dat")
    // The file has each friendship from both sides.
    .filter(([user = "", friend = ""]) => Number(user) < Number(friend))
    .filter(([user = "", friend = ""]) => byUser.has(user) && byUser.has(friend))
    .map(([user = "", to = ""]): Edge => ({ userId: userId(user), type: "friend", to }));
  const artists = [...byUser.values()].map((own) =>
    own.toSorted((left, right) => right.plays - left.plays).map(({ artist }) => artist),
  );
  return { users, artists, artistCount: numbers.size, friends };
}
