import type { ItemId } from "../src/domain/ids.ts";
import { runClosedLoop } from "../src/lab/closed-loop/closed-loop.ts";
import { createShopWorld } from "../src/lab/worlds/shop/shop-world.ts";
import type { Bench } from "./bench.ts";
import { readRevision } from "./machine.ts";
import { type SeenVisit, withArrivals } from "./new-items/arriving-items.ts";
import { createPopularityLoop } from "./new-items/popularity-loop.ts";
import { openRunFolder } from "./run-folder.ts";
import { mean } from "./statistics.ts";

const visitsPerDay = 1500;
/** Days without the new items, and share of the items that come after them. */
const [daysBefore, share] = [2, 0.1];
const firstSlates = 300;

/** By name: addition to the log-odds of an item in its first day. */
const additions = { "no rule": 0, "boost of 1": 1, "boost of 2": 2 };

interface Shares {
  /** Of the places of the slates. */
  readonly shown: number;
  readonly clicked: number;
}

interface Played {
  readonly first: Shares;
  readonly day: Shares;
  /** Of the new items, those shown at least once in the day. */
  readonly reached: number;
  /** Mean true reward of a slate in the day. */
  readonly reward: number;
}

/** Of items in lists of them. */
function shareOf(newItems: ReadonlySet<ItemId>, lists: readonly (readonly ItemId[])[]): number {
  const items = lists.flat();
  return items.filter((item) => newItems.has(item)).length / items.length;
}

const sharesOf = (newItems: ReadonlySet<ItemId>, visits: readonly SeenVisit[]): Shares => ({
  shown: shareOf(
    newItems,
    visits.map(({ slate }) => slate),
  ),
  clicked: shareOf(
    newItems,
    visits.map(({ clicked }) => clicked),
  ),
});

async function play(seed: number, add: number): Promise<Played> {
  const world = withArrivals(createShopWorld({ seed, visitsPerDay }), {
    seed,
    share,
    turn: daysBefore * visitsPerDay,
    boosts: add === 0 ? [] : [{ filter: "created > now - 1d", add }],
  });
  await runClosedLoop({
    world,
    cycles: daysBefore + 1,
    decisionsPerCycle: visitsPerDay,
    seed,
    threads: 1,
    strategy: createPopularityLoop,
  });
  const { seen, newItems } = world;
  const reached = new Set(seen.flatMap(({ slate }) => slate.filter((item) => newItems.has(item))));
  return {
    first: sharesOf(newItems, seen.slice(0, firstSlates)),
    day: sharesOf(newItems, seen),
    reached: reached.size / newItems.size,
    reward: mean(seen.map(({ expected }) => expected)),
  };
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/** Impressions and clicks of items that come later, with and without a rule that prefers them. */
export const newItemsBench: Bench<{ readonly seeds: number }> = {
  name: "new-items",
  description:
    "a tenth of the world shop's items comes after two days: their share of places and clicks, with and without a boost for new items",
  options: { seeds: 2 },
  run: async ({ seeds }, report) => {
    const kept = openRunFolder("new-items", [additions, share, daysBefore, readRevision()]);
    const runs: { readonly seed: number; readonly name: string; readonly played: Played }[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      for (const [name, add] of Object.entries(additions)) {
        const file = `seed-${seed}-${add}.json`;
        const played = kept.load<Played>(file) ?? (await play(seed, add));
        kept.save(file, played);
        runs.push({ seed, name, played });
      }
    }
    report.note(`new items are ${percent(share)} of all, and as good as others`);
    report.table(
      [
        ...["seed", "rule", `places of the first ${firstSlates} slates`, "clicks"],
        ...["places of the day", "clicks of the day", "new items shown", "reward a slate"],
      ],
      runs.map(({ seed, name, played: { first, day, reached, reward } }) => [
        ...[`${seed}`, name],
        ...[first.shown, first.clicked, day.shown, day.clicked, reached].map(percent),
        reward.toFixed(4),
      ]),
    );
    for (const name of Object.keys(additions)) {
      const shown = runs.filter((run) => run.name === name).map(({ played }) => played.first.shown);
      report.figure(
        `% of the first ${firstSlates} slates' places with new items, ${name}`,
        100 * mean(shown),
      );
    }
  },
};
