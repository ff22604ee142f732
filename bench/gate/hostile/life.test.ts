import { expect, test } from "vitest";
import { createRandom } from "../../../src/numeric/random.ts";
import type { Cell } from "./cells.ts";
import { liveThrough } from "./life.ts";
import { claims, correlationOf, isPromoted, rateOf } from "./pool.ts";

const seed = 1117;
/** Each level of each factor, but the longest slates: their gates take longest. */
const cells: readonly Cell[] = [
  { slate: 1, items: 20, rate: 0.05, rarer: "loss", hazard: "returning users" },
  { slate: 1, items: 20_000, rate: 0.3, rarer: "reward", hazard: "still" },
  { slate: 2, items: 20, rate: 0.3, rarer: "reward", hazard: "bot" },
  { slate: 2, items: 500, rate: 0.02, rarer: "loss", hazard: "drift" },
  { slate: 5, items: 20, rate: 0.02, rarer: "reward", hazard: "item updates" },
  { slate: 10, items: 20, rate: 0.3, rarer: "loss", hazard: "drift" },
  { slate: 5, items: 20, rate: 0.005, rarer: "reward", hazard: "returning users" },
];
const numbers = { swap: 2, trap: 2, worse: 2, better: 1, learner: 1 };

test.runIf(process.env.RECURVE_FULL)(
  "on hostile grounds no candidate that is 10 % worse is promoted, and of those without a gain no more than 5 %",
  async () => {
    const random = createRandom(seed);
    const runs = [];
    for (const [index, cell] of cells.entries())
      runs.push(await liveThrough(cell, random.split(index), numbers));
    const worse = runs.flatMap((lives) => lives.filter(claims["10 % worse"]));
    expect(worse.length).toBeGreaterThan(cells.length);
    expect(worse.filter(isPromoted)).toEqual([]);
    const counts = runs.map((lives) => {
      const own = lives.filter(claims["no gain"]);
      return { candidates: own.length, promoted: own.filter(isPromoted).length };
    });
    // 5 % would be refused with 99.9 % confidence.
    expect(rateOf(counts, correlationOf(counts), 0.001).lower).toBeLessThanOrEqual(0.05);
    const better = runs.flatMap((lives) => lives.filter(({ kind }) => kind === "better"));
    expect(better.filter((life) => life.isFound).length).toBeGreaterThan(better.length / 2);
  },
  900_000,
);
