import { existsSync } from "node:fs";
import type { Bench } from "./bench.ts";
import { measureSocial, type SocialSeed } from "./social/measure-social.ts";
import { readLastfm } from "./social/read-lastfm.ts";
import { mean, standardError } from "./statistics.ts";

const four = (value: number) => value.toFixed(4);

function rowsOf({ seed, rows, listeners }: SocialSeed) {
  return rows.map(({ ranker, weight, without, withFriends }) => {
    const differences = withFriends.map((hits, index) => hits - without[index]!);
    return [
      ...[`${seed}`, ranker, `${listeners}`, `${weight}`],
      ...[four(mean(without)), four(mean(withFriends))],
      `${four(mean(differences))} ± ${four(standardError(differences))}`,
    ];
  });
}

const gainOf = ({ rows }: SocialSeed, name: string) => {
  const { without, withFriends } = rows.find(({ ranker }) => ranker === name)!;
  return mean(withFriends) - mean(without);
};

export const socialBench: Bench<{ readonly data: string; readonly seeds: number }> = {
  name: "social",
  description: "artists held out of Last.fm, foreseen with what friends like and without",
  options: { data: "../shared/data/lastfm-hetrec2011", seeds: 3 },
  run: async ({ data: path, seeds }, report) => {
    if (!existsSync(`${path}/user_friends.dat`))
      return report.skip(`${path} has no user_friends.dat; --data names lastfm-hetrec2011`);
    const data = readLastfm(path);
    report.note(
      `${data.users.length} users, ${data.artistCount} artists, ${data.friends.length} friendships`,
    );
    const measured: SocialSeed[] = [];
    for (let seed = 1; seed <= seeds; seed++) measured.push(await measureSocial(data, seed));
    report.table(
      ["seed", "ranker", "users", "weight", "HR@10 without", "with friends", "paired difference"],
      measured.flatMap(rowsOf),
    );
    report.figure(
      "HR@10 gained by friends, over popularity",
      mean(measured.map((one) => gainOf(one, "popularity"))),
    );
    report.figure(
      "HR@10 gained by friends, over item neighbours",
      mean(measured.map((one) => gainOf(one, "item neighbours"))),
    );
    report.figure(
      "share of held-out artists among 50 candidates of friends",
      mean(measured.map(({ foundByFriends }) => foundByFriends)),
    );
    report.figure(
      "the same among the 50 most popular",
      mean(measured.map(({ foundByPopularity }) => foundByPopularity)),
    );
  },
};
