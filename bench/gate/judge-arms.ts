import { judgeCandidate } from "../../src/evaluation/gate.ts";
import { createRandom, type RandomStream } from "../../src/numeric/random.ts";
import { type SimulatedArm, simulateArms } from "../../tests/support/simulated-arms.ts";
import type { Report } from "../bench.ts";

const users = 200;
const judges: readonly (readonly [name: string, judging: readonly SimulatedArm[]])[] = [
  ["serving", ["serving"]],
  ["all", ["serving", "canary", "holdback", "anchor", "baseline"]],
  ["all but serving", ["canary", "holdback", "anchor", "baseline"]],
];

interface Judged {
  readonly promotes: boolean;
  readonly covers: boolean;
  readonly width: number;
}

function judge(lift: number, judging: readonly SimulatedArm[], random: RandomStream): Judged {
  const { verdict, censored } = judgeCandidate(simulateArms({ users, lift, judging }, random));
  const [low, high] = censored?.interval ?? [Number.NaN, Number.NaN];
  const truth = 0.3 * lift;
  return {
    promotes: verdict === "promote",
    covers: low <= truth && truth <= high,
    width: high - low,
  };
}

const shareOf = (judged: readonly Judged[], name: "promotes" | "covers") =>
  (100 * judged.filter((one) => one[name]).length) / judged.length;
const widthOf = (judged: readonly Judged[]) =>
  judged.reduce((sum, { width }) => sum + width, 0) / judged.length;

/** Gates on the rows of several arms, of which the true difference is known: level, power and width by the arms that judge. */
export function judgeArms(
  report: Report,
  { arms: gates, seed }: { readonly arms: number; readonly seed: number },
): void {
  const random = createRandom(seed).split("arms");
  const judgeAll = (lift: number, judging: readonly SimulatedArm[]) =>
    Array.from({ length: gates }, (_, gate) =>
      judge(lift, judging, random.split(`${lift}/${gate}`)),
    );
  const rows = judges.map(([name, judging]) => {
    const [none, worse, better] = [0, -0.1, 0.1].map((lift) => judgeAll(lift, judging));
    return { name, none: none!, worse: worse!, better: better! };
  });
  const own = widthOf(rows[0]!.none);
  const percent = (share: number) => `${share.toFixed(1)} %`;
  report.table(
    ["arms that judge", "no better", "10 % worse", "10 % better", "interval covers", "its width"],
    rows.map(({ name, none, worse, better }) => [
      name,
      ...[none, worse, better].map((judged) => percent(shareOf(judged, "promotes"))),
      ...[percent(shareOf(none, "covers")), percent((100 * widthOf(none)) / own)],
    ]),
  );
  const all = rows.find(({ name }) => name === "all")!;
  report.figure(
    "% of candidates that are no better promoted in full, judged by all arms",
    shareOf(all.none, "promotes"),
  );
}
