import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import { type FrozenRewards, playFrozen } from "./fast-loop/frozen-policy.ts";
import { mean, standardError } from "./statistics.ts";

const tastes = ["stay", "drift"] as const;
const lastQuarter = (rewards: readonly number[]) => rewards.slice(-Math.ceil(rewards.length / 4));

interface Row {
  readonly seed: number;
  readonly played: FrozenRewards;
}

const toCells = ({ seed, played }: Row): string[] => [
  String(seed),
  played.outcome,
  ...tastes.flatMap((taste) => {
    const { off, on } = played.rewards[taste];
    return [off, on, lastQuarter(off), lastQuarter(on)].map((rewards) => mean(rewards).toFixed(4));
  }),
];

export const fastLoopRewardsBench: Bench<{ seeds: number; decisions: number; visits: number }> = {
  name: "fast-loop-rewards",
  description: "what the fast loop adds to a policy that stands still, tastes staying or replaced",
  options: { seeds: 10, decisions: 1000, visits: 800 },
  async run({ seeds, ...sizes }, report) {
    const folder = mkdtempSync(join(tmpdir(), "recurve-fast-loop-"));
    const rows: Row[] = [];
    try {
      for (let seed = 1; seed <= seeds; seed++)
        rows.push({ seed, played: await playFrozen(folder, { seed, ...sizes }) });
    } finally {
      rmSync(folder, { recursive: true });
    }
    const columns = tastes.flatMap((taste) =>
      ["off", "on", "off, end", "on, end"].map((name) => `${taste}: ${name}`),
    );
    report.table(["seed", "cycle", ...columns], rows.map(toCells));
    report.note("True expected reward a visit; 'end' is the last quarter of the visits.");
    for (const taste of tastes) {
      const pairs = rows.map(({ played }) => played.rewards[taste]);
      for (const [name, part] of [
        ["", (rewards: readonly number[]) => rewards],
        [" at the end", lastQuarter],
      ] as const) {
        const off = pairs.map((pair) => mean(part(pair.off)));
        const on = pairs.map((pair) => mean(part(pair.on)));
        report.figure(`${taste}: reward with the loop over without${name}`, mean(on) / mean(off));
        if (seeds < 2) continue;
        const gains = on.map((value, index) => value - off[index]!);
        report.figure(
          `${taste}: gain in standard errors${name}`,
          mean(gains) / standardError(gains),
        );
      }
    }
  },
};
