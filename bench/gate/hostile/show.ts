import type { Report } from "../../bench.ts";
import { cellName, type Factor, factors } from "./cells.ts";
import type { Life } from "./life.ts";
import { countBadCells, isPromoted, poolByLevel, type Run } from "./pool.ts";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const shareOf = (lives: readonly Life[], isIn: (life: Life) => boolean) =>
  lives.filter(isIn).length / Math.max(1, lives.length);

function showLevels(runs: readonly Run[], report: Report): void {
  const pooled = poolByLevel(runs);
  report.table(
    ["promoted in full", "candidates", "effective", "promoted", "rate", "upper 95 % bound"],
    pooled.map(({ claim, factor, level, candidates, effective, promoted, upper }) => [
      `${claim}: ${factor} ${level}`.trim(),
      ...[`${candidates}`, effective.toFixed(0), `${promoted}`],
      ...[candidates > 0 ? percent(promoted / candidates) : "–", percent(upper)],
    ]),
  );
  for (const [claim, name] of [
    ["no gain", "without a gain"],
    ["10 % worse", "10 % worse"],
  ] as const) {
    const own = pooled.filter((one) => one.claim === claim);
    report.figure(
      `% of candidates ${name} promoted in full, upper bound of the worst level`,
      Math.max(...own.map(({ upper }) => 100 * upper)),
    );
    report.figure(
      `candidates ${name} in the smallest level`,
      Math.min(...own.map(({ candidates }) => candidates)),
    );
  }
}

function showKinds(lives: readonly Life[], report: Report): void {
  const names = [...new Set(lives.map(({ kind, trap }) => `${kind}: ${trap}`))].sort((one, other) =>
    one.localeCompare(other),
  );
  const ends = ["promote", "promoted live", "promoted by review", "left", "undecided"] as const;
  const rows = names.map((name) => {
    const own = lives.filter(({ kind, trap }) => `${kind}: ${trap}` === name);
    const lift = own.reduce((sum, one) => sum + one.lift, 0) / own.length;
    const shares = [...ends, "hold", "not-enough-data"].map((end) =>
      percent(shareOf(own, (one) => one.end === end)),
    );
    return [name, `${own.length}`, percent(lift), ...shares];
  });
  report.table(
    ["candidate", "number", "mean lift", "promoted", ...ends.slice(1), "held", "not enough data"],
    rows,
  );
}

/** Live rewards find a gain, by the factors that they depend on. */
function showPower(runs: readonly Run[], report: Report): void {
  const names: readonly Factor[] = ["rate", "rarer", "hazard"];
  const rows = names.flatMap((factor) =>
    factors[factor].map((level) => {
      const own = runs
        .filter(({ cell }) => cell[factor] === level)
        .flatMap(({ lives }) => lives.filter(({ kind }) => kind === "better"));
      const found = percent(shareOf(own, (life) => life.isFound === true));
      return [`${factor} ${level}`, `${own.length}`, found];
    }),
  );
  report.table(["10 % better", "candidates", "found live"], rows);
}

/** Cells in which nothing was decided. */
function showUndecided(runs: readonly Run[], report: Report): void {
  const isOpen = ({ end }: Life) => end === "not-enough-data" || end === "undecided";
  const open = runs.filter(({ lives }) => lives.length > 0 && lives.every(isOpen));
  report.note(`not enough data in all of ${open.length} of ${runs.length} runs`);
  for (const { cell } of open) report.note(`  ${cellName(cell)}`);
  const share = shareOf(
    runs.flatMap(({ lives }) => lives),
    isOpen,
  );
  report.note(`${percent(share)} of all candidates end so`);
}

/** Mean over canaries that are 10 % worse, in that of the stated time to detection. */
function regretOf(lives: readonly Life[]): number {
  const sums = [0, 0];
  for (const { regret } of lives) {
    sums[0]! += regret?.[0] ?? 0;
    sums[1]! += regret?.[1] ?? 0;
  }
  return sums[0]! / sums[1]!;
}

export function showRuns(runs: readonly Run[], report: Report): void {
  const lives = runs.flatMap((one) => one.lives);
  showKinds(lives, report);
  showLevels(runs, report);
  showPower(runs, report);
  showUndecided(runs, report);
  report.figure("cells with more than 5 % wrong promotions, at 99.9 %", countBadCells(runs));
  const better = lives.filter(({ kind }) => kind === "better");
  report.figure(
    "% of candidates 10 % better promoted after one cycle's gate",
    100 * shareOf(better, isPromoted),
  );
  report.figure(
    "% of candidates 10 % better found live within 2.5 times the visits of a two-sample test",
    100 * shareOf(better, ({ isFound }) => isFound === true),
  );
  report.figure(
    "regret of canaries 10 % worse, in share × loss × stated time to detection",
    regretOf(lives),
  );
}
