import { createRandom } from "../../src/numeric/random.ts";
import { median } from "../statistics.ts";
import { byRules } from "./draw-slate.ts";
import type { WorldItem } from "./intent-world.ts";

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
      draw({ logits, facts, slateSize: 10, random: random.split(`slate/${slate}`) });
    return (1000 * (performance.now() - began)) / slatesPerRound;
  };
  const pairs = Array.from({ length: rounds }, () => [time({}), time({ diversity })] as const);
  // The first round compiles.
  const [off, on] = [0, 1].map((side) => median(pairs.slice(1).map((pair) => pair[side]!)));
  return { off: off!, on: on! };
}
