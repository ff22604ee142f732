import { createRandom } from "../../src/numeric/random.ts";
import { mean } from "../statistics.ts";
import { byLikest, byRules, byTemperature, type Drawing } from "./draw-slate.ts";
import {
  clicksOf,
  createIntentWorld,
  distanceInside,
  type IntentWorld,
  satisfaction,
  slateSize,
} from "./intent-world.ts";

/** One setting in one world. */
export interface FrontierPoint {
  readonly setting: string;
  /** P(a click at all) of a visit. */
  readonly satisfaction: number;
  /** Clicks of a visit, if each item is clicked for itself. */
  readonly clicks: number;
  /** Mean 1 − cosine of two items of a slate. */
  readonly distance: number;
  /** Share of the catalogue that was shown. */
  readonly coverage: number;
  /** Bits of the distribution of exposures over items. */
  readonly entropy: number;
}

/** The settings of the frontier. */
const settings = [0.3, 0.5, 0.6, 0.7, 0.8, 0.9];
/** The one that is compared with other ways to its diversity. */
export const main = 0.7;
export const names = {
  main: `diversity ${main}`,
  byEntropy: "temperature of the same entropy",
  byDistance: "temperature of the same distance",
  likest: "likest item above, of the same distance",
} as const;

function entropyOf(counts: ReadonlyMap<string, number>): number {
  const total = [...counts.values()].reduce((sum, one) => sum + one, 0);
  return [...counts.values()].reduce((sum, one) => sum - (one / total) * Math.log2(one / total), 0);
}

function measure(
  world: IntentWorld,
  draw: Drawing,
  { setting, seed }: { setting: string; seed: number },
): FrontierPoint {
  const random = createRandom(seed).split("slates");
  const shown = new Map<string, number>();
  const { items } = world;
  const facts = items.map((item) => item.facts);
  const points = world.visits.map((visit, index) => {
    const { logits } = visit;
    // The same luck for every setting.
    const order = draw({ logits, facts, slateSize, random: random.split(`visit/${index}`) });
    const slate = order.map((a) => items[a]!);
    for (const { facts: own } of slate) shown.set(own.itemId, (shown.get(own.itemId) ?? 0) + 1);
    return {
      satisfaction: satisfaction(visit, slate),
      clicks: clicksOf(visit, slate),
      distance: distanceInside(slate.map(({ latent }) => latent)),
    };
  });
  return {
    setting,
    satisfaction: mean(points.map((one) => one.satisfaction)),
    clicks: mean(points.map((one) => one.clicks)),
    distance: mean(points.map((one) => one.distance)),
    coverage: shown.size / items.length,
    entropy: entropyOf(shown),
  };
}

const bisections = 10;

/** The value at which a figure that grows with it has reached the target. */
function solve(
  figureOf: (value: number) => number,
  target: number,
  [low, high]: readonly [number, number],
): number {
  let [below, above] = [low, high];
  for (let step = 0; step < bisections; step++) {
    const middle = (below + above) / 2;
    if (figureOf(middle) < target) below = middle;
    else above = middle;
  }
  return above;
}

const temperatures = [0.2, 10] as const;

/** The frontier and its ablations in one world. */
export function measureFrontier(seed: number): readonly FrontierPoint[] {
  const world = createIntentWorld(seed);
  const point = (setting: string, draw: Drawing) => measure(world, draw, { setting, seed });
  const diverse = settings.map((diversity) =>
    point(`diversity ${diversity}`, byRules({ diversity })),
  );
  const capped = [5, 4, 3, 2].map((most) =>
    point(`at most ${most} of a category`, byRules({ caps: [{ by: "category", most }] })),
  );
  const { entropy, distance } = diverse.find(({ setting }) => setting === names.main)!;
  const sameEntropy = solve((t) => point("", byTemperature(t)).entropy, entropy, temperatures);
  const sameDistance = solve((t) => point("", byTemperature(t)).distance, distance, temperatures);
  const likest = solve((d) => point("", byLikest(d)).distance, distance, [0, 0.95]);
  return [
    point("off", byRules({})),
    ...diverse,
    ...capped,
    point(names.byEntropy, byTemperature(sameEntropy)),
    point(names.byDistance, byTemperature(sameDistance)),
    point(names.likest, byLikest(likest)),
  ];
}
