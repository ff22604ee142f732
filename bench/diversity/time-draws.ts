import type { ScenarioRules } from "../../src/domain/rules.ts";
import { drawRulesOf } from "../../src/engine/rules/draw-rules.ts";
import { drawsOf } from "../../src/evaluation/slates/slate-draws.ts";
import { createMarginals } from "../../src/evaluation/slates/slate-marginals.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { median } from "../statistics.ts";
import { byRules } from "./draw-slate.ts";
import type { WorldItem } from "./intent-world.ts";

const slateSize = 10;
const rounds = 15;
const slatesPerRound = 100;

/** Median µs of a slate of 10 from the items, rules resolved anew, without diversity and with it. The rounds alternate. */
export function timeDraws(items: readonly WorldItem[], diversity: number) {
  const random = createRandom(1);
  const facts = items.map((item) => item.facts);
  const logits = Float64Array.from(items, () => random.normal());
  const time = (rules: { readonly diversity?: number }) => {
    const draw = byRules(rules);
    const began = performance.now();
    for (let slate = 0; slate < slatesPerRound; slate++)
      draw({ logits, facts, slateSize, random: random.split(`slate/${slate}`) });
    return (1000 * (performance.now() - began)) / slatesPerRound;
  };
  const pairs = Array.from({ length: rounds }, () => [time({}), time({ diversity })] as const);
  // The first round compiles.
  const [off, on] = [0, 1].map((side) => median(pairs.slice(1).map((pair) => pair[side]!)));
  return { off: off!, on: on! };
}

/** Median ms of the item–position marginals of one policy on a slate of 10 from the items, under rules of the draw. */
export function timeMarginals(items: readonly WorldItem[], rules: ScenarioRules): number {
  const facts = items.map((item) => item.facts);
  const moment = { scenario: { rules }, offer: undefined, now: 0, slateSize };
  const rule = {
    policies: [new Float64Array(items.length).fill(1 / items.length)],
    exploration: 0.05,
    ...drawRulesOf(moment, () => facts),
  };
  const fill = createMarginals();
  const slate = {
    items: Array.from({ length: slateSize }, (_, index) => index),
    values: new Float64Array(items.length),
  };
  return median(
    Array.from({ length: rounds }, (_, round) => {
      const began = performance.now();
      fill(rule, slate, drawsOf(round, slateSize)).positions();
      return performance.now() - began;
    }).slice(1),
  );
}
