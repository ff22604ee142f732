import { compareLiveArms } from "../../src/evaluation/live-difference.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { type LiveWorld, simulateLive } from "../../tests/support/simulated-live.ts";
import type { Report } from "../bench.ts";

interface Case extends LiveWorld {
  readonly name: string;
}

const looks = 20;
const site = { users: 2000, testedShare: 0.95, visits: 3000, looks, lift: 0 } as const;
const large = { ...site, users: 20_000, visits: 20_000 } as const;

const ofLarge = "20,000 users with 20,000 visits a look";

const equal: readonly Case[] = [
  { ...site, name: "no different" },
  { ...site, users: 500, visits: 1000, name: "no different, 500 users with 1,000 visits a look" },
  { ...site, chances: [0.01, 0.03], name: "no different, reward in 2 % of the visits" },
  { ...site, chances: [0.02, 0.9], name: "no different, half of the users have all rewards" },
];
const others: readonly Case[] = [
  { ...site, lift: -0.1, name: "10 % worse" },
  { ...site, lift: -0.3, name: "30 % worse" },
  { ...site, lift: 0.3, name: "30 % better" },
];
/** A fifth as many promotions each, for there is ten times as much to draw. */
const onLarge: readonly Case[] = [
  { ...large, name: `no different, ${ofLarge}` },
  { ...large, lift: -0.1, name: `10 % worse, ${ofLarge}` },
];

interface Ends {
  readonly rolledBack: number;
  readonly confirmed: number;
  /** Mean look of those that ended before the last. */
  readonly meanLook: number;
}

/** Per cent of the simulated promotions that their live test ended one way or the other. */
function watch(world: Case, { promotions, seed }: WatchOptions): Ends {
  const ends = { rolledBack: 0, confirmed: 0 };
  let looked = 0;
  for (let index = 0; index < promotions; index++) {
    const random = createRandom(seed).split(world.name).split(index);
    let look = 0;
    for (const arms of simulateLive(world, random)) {
      look += 1;
      const { verdict } = compareLiveArms(arms);
      if (verdict === "open") continue;
      ends[verdict === "worse" ? "rolledBack" : "confirmed"] += 1;
      looked += look;
      break;
    }
  }
  const share = 100 / promotions;
  const meanLook = looked / (ends.rolledBack + ends.confirmed);
  return { rolledBack: ends.rolledBack * share, confirmed: ends.confirmed * share, meanLook };
}

export interface WatchOptions {
  readonly promotions: number;
  readonly seed: number;
}

/** What the live test makes of promotions whose true lift is known. */
export function watchPromotions(report: Report, options: WatchOptions): void {
  const few = { ...options, promotions: Math.ceil(options.promotions / 5) };
  const measured = [
    ...[...equal, ...others].map((one) => ({ ...one, ...watch(one, options) })),
    ...onLarge.map((one) => ({ ...one, ...watch(one, few) })),
  ];
  report.table(
    ["promotion", "rolled back", "confirmed", "mean look of those"],
    measured.map(({ name, rolledBack, confirmed, meanLook }) => [
      name,
      `${rolledBack.toFixed(1)} %`,
      `${confirmed.toFixed(1)} %`,
      Number.isNaN(meanLook) ? "–" : meanLook.toFixed(1),
    ]),
  );
  const worst = Math.max(...measured.slice(0, equal.length).map(({ rolledBack }) => rolledBack));
  report.figure("% of promotions that change nothing rolled back", worst);
  report.figure(
    "% of promotions that are 10 % worse rolled back, 20,000 users",
    measured.at(-1)?.rolledBack ?? Number.NaN,
  );
}
