import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluateRankers } from "../../src/analysis/ranking/evaluate-ranking.ts";
import { readInteractions } from "../../src/analysis/ranking/read-interactions.ts";
import { dataFolder } from "../support/data-folder.ts";

const folder = join(dataFolder, "ml-100k");

test.skipIf(process.env.RECURVE_LONG === undefined || !existsSync(folder))(
  "ml-100k: baselines give what was measured with another program (needs RECURVE_LONG, RECURVE_DATA)",
  { timeout: 600_000 },
  async () => {
    const { signal } = new AbortController();
    const data = await readInteractions(folder, { now: Date.now(), signal });
    const { ranked, testUsers } = await evaluateRankers(data, {
      protocol: "leave-one-out",
      k: 10,
      seed: 1,
      threads: 2,
      clock: Date.now,
      onProgress: () => {},
    });
    expect(testUsers).toBe(943);
    const by = Object.fromEntries(ranked.map((one) => [one.ranker, one.quality.accuracy]));
    // HR and NDCG of a separate program on the same protocol, whose settings and ties differ: within two standard errors.
    const expected = { popularity: [0.086, 0.045], Markov: [0.207, 0.111] };
    for (const [ranker, [hitRate = 0, ndcg = 0]] of Object.entries(expected)) {
      const own = by[ranker]!;
      expect(Math.abs(own.hitRate.mean - hitRate)).toBeLessThan(2 * own.hitRate.standardError);
      expect(Math.abs(own.ndcg.mean - ndcg)).toBeLessThan(2 * own.ndcg.standardError);
    }
  },
);
