import { fitItemNeighbours } from "../../src/analysis/rankers/item-neighbours.ts";
import { splitData } from "../../src/analysis/ranking/evaluate-ranking.ts";
import type { InteractionData } from "../../src/analysis/ranking/interaction-data.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { mean } from "../statistics.ts";
import type { Drawing } from "./draw-slate.ts";

const slateSize = 10;
/** As many as serving keeps by default. */
const candidates = 500;
/** As `recurve evaluate ranking` has them. */
const neighbours = { neighbours: 100, shrinkage: 10 };
/** Of log-scores: served slates then hold the next item half as often as the best ten do, or more. */
const sharpness = 6;

/** Served slates of all users under one setting. */
export interface ServedQuality {
  readonly hitRate: number;
  readonly ndcg: number;
  /** Mean over pairs of a slate of 1 − cosine of the users who have both items. */
  readonly distance: number;
  readonly coverage: number;
}

/** 1 − cosine of two items by the users of both: nothing that the rule sees. */
function createDistance(data: InteractionData) {
  const usersOf = data.items.map(() => new Set<number>());
  for (const [user, sequence] of data.sequences.entries())
    for (const item of Array.from(sequence)) usersOf[item]!.add(user);
  const known = new Map<number, number>();
  const distanceOf = (one: number, other: number) => {
    const [small, large] = [usersOf[one]!, usersOf[other]!].sort((a, b) => a.size - b.size);
    let both = 0;
    for (const user of small!) if (large!.has(user)) both++;
    return 1 - both / Math.sqrt(small!.size * large!.size);
  };
  return (one: number, other: number) => {
    const key = Math.min(one, other) * data.itemCount + Math.max(one, other);
    const distance = known.get(key) ?? distanceOf(one, other);
    known.set(key, distance);
    return distance;
  };
}

/** Users whose last item is to be foreseen from the best candidates of item neighbours. */
function readCases(data: InteractionData) {
  const split = splitData(data, "leave-one-out");
  const ranker = fitItemNeighbours(split, neighbours);
  return split.test.map(({ history, target }) => {
    const seen = new Set(Array.from(history));
    const scores = ranker.score(history);
    const kept = [...scores.keys()]
      .filter((item) => !seen.has(item))
      .sort((left, right) => scores[right]! - scores[left]!)
      .slice(0, candidates);
    const logits = Float64Array.from(kept, (item) => sharpness * Math.log(scores[item]! + 1e-3));
    const facts = kept.map((item) => data.items[item]!);
    return { kept, logits, facts, target };
  });
}

/** A measure of drawings on one data set. */
export function measureSequences(
  data: InteractionData,
): (draw: Drawing, seed: number) => ServedQuality {
  const cases = readCases(data);
  const distanceOf = createDistance(data);
  return (draw, seed) => {
    const random = createRandom(seed).split("sequences");
    const shown = new Set<number>();
    const served = cases.map(({ kept, logits, facts, target }, index) => {
      const order = draw({ logits, facts, slateSize, random: random.split(`user/${index}`) });
      const items = order.map((a) => kept[a]!);
      for (const item of items) shown.add(item);
      const place = items.indexOf(target);
      const pairs = items.flatMap((one, k) => items.slice(0, k).map((two) => distanceOf(one, two)));
      return {
        hit: place === -1 ? 0 : 1,
        gain: place === -1 ? 0 : 1 / Math.log2(2 + place),
        distance: mean(pairs),
      };
    });
    return {
      hitRate: mean(served.map(({ hit }) => hit)),
      ndcg: mean(served.map(({ gain }) => gain)),
      distance: mean(served.map(({ distance }) => distance)),
      coverage: shown.size / data.items.length,
    };
  };
}
