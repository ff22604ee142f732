import type { EstimatedValue } from "../../src/analysis/off-policy/evaluate-log.ts";
import { formatShare } from "../../src/numeric/format.ts";
import type { Report } from "../bench.ts";
import { mean } from "../statistics.ts";
import { type CriteoRow, countCandidates, judgeUniform, measureFloor } from "./measure-criteo.ts";
import { readCriteo } from "./read-criteo.ts";

const perThousand = ({ value, standardError, interval }: EstimatedValue) =>
  `${(1000 * value).toFixed(2)} ± ${(1000 * standardError).toFixed(2)} (${(1000 * interval.lower).toFixed(2)} to ${(1000 * interval.upper).toFixed(2)})`;

const rowOf = ({ policy, snips, diagnostics, conclusion }: CriteoRow) => [
  ...[policy, perThousand(snips), formatShare(diagnostics.effectiveSampleShare)],
  ...[diagnostics.largestWeight.toFixed(0), diagnostics.rewardedSampleSize.toFixed(1)],
  conclusion.decides ? "yes" : "no",
];

export async function reportCriteo(report: Report, folder: string, seeds: number): Promise<void> {
  const displays = readCriteo(folder);
  const clicks = displays.filter(({ clicked }) => clicked).length;
  report.note(`\nCriteo: ${displays.length} displays, ${clicks} clicks; others stand for ten`);
  const candidates = countCandidates(displays);
  report.note(
    `mean of 1/p ${candidates.value.toFixed(2)} ± ${candidates.standardError.toFixed(2)}: candidates a display`,
  );
  const uniform = await judgeUniform("uniform", displays);
  const floors = [];
  for (let seed = 1; seed <= seeds; seed++) floors.push(await measureFloor(displays, seed));
  const [first] = floors;
  report.note("clicks a thousand displays; ips and dr give the value of snips");
  report.table(
    ["policy", "snips (95 %)", "ESS", "largest weight", "rows behind rewards", "decides"],
    [
      ["as logged", perThousand(uniform.logged), "100 %", "1", `${clicks}.0`, "–"],
      rowOf(uniform),
      rowOf({ ...first!.uniformAbove, policy: `${first!.uniformAbove.policy}, seed 1` }),
    ],
  );
  for (const sentence of uniform.conclusion.sentences) report.note(sentence);
  const gains = floors.map(({ difference }) => difference);
  const error = mean(floors.map(({ standardError }) => standardError));
  report.note(
    `above the floor, logged choice: ${floors.filter(({ difference, standardError }) => difference > 1.96 * standardError).length} of ${seeds} seeds gain beyond 95 %; ± ${(1000 * error).toFixed(2)} of one half`,
  );
  report.figure("candidates a display, the mean of 1/p", candidates.value);
  report.figure(
    "% effective sample share of the uniform policy",
    100 * uniform.diagnostics.effectiveSampleShare,
  );
  report.figure(
    "of the uniform policies that diagnostics refuse",
    mean(
      [uniform, ...floors.map((one) => one.uniformAbove)].map(({ conclusion }) =>
        conclusion.decides ? 0 : 1,
      ),
    ),
  );
  report.figure("clicks a thousand displays, as logged", 1000 * uniform.logged.value);
  report.figure("clicks a thousand displays gained above the floor", 1000 * mean(gains));
}
