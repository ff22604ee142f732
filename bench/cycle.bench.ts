import type { Bench, Report } from "./bench.ts";
import { type CycleAnswer, measureCycle } from "./cycle/measure-cycle.ts";

function showStages({ record }: CycleAnswer, report: Report): void {
  const { stageMs: wall = {}, stageCpuMs: cpu = {}, stagePeakMiB: memory = {} } = record;
  report.table(
    ["stage", "s", "CPU s", "peak MiB"],
    Object.keys(wall).map((stage) => [
      stage,
      (wall[stage]! / 1000).toFixed(1),
      (cpu[stage]! / 1000).toFixed(1),
      String(memory[stage]!),
    ]),
  );
}

/** Held-out quality of the models that the cycle made. */
function showModels({ record }: CycleAnswer, items: number, report: Report): void {
  const { calibration, discriminator, distillation } = record;
  report.figure(
    `calibration error before the maps, ${items} items`,
    calibration?.errorBefore ?? NaN,
  );
  report.figure(`AUC of the discriminator, ${items} items`, discriminator?.auc ?? NaN);
  const left = (distillation?.gap ?? NaN) / (distillation?.way ?? NaN);
  report.figure(`share of the way that distillation leaves, ${items} items`, left);
}

function* sizesOf(from: number, to: number): Generator<number> {
  for (let decisions = from; decisions <= to; decisions *= 10) yield decisions;
}

const million = 1_000_000;

/** A new shop's first cycle, over decisions of ten items of 500. */
const shop = { decisions: 1000, slateSize: 10, candidates: 500 };
const catalogues = [2000, 20_000, 100_000];

/** @returns why there is nothing to report */
async function measureShops(
  { clicks, threads }: Options,
  report: Report,
): Promise<string | undefined> {
  for (const items of catalogues) {
    const answer = await measureCycle({ ...shop, items, clicks }, threads);
    if (answer.outcome === "skipped") return `the cycle at ${items} items was: ${answer.reason}`;
    report.note(`slates of ${shop.slateSize} from ${items} items: ${answer.outcome}`);
    showStages(answer, report);
    report.figure(`CPU seconds, slates from ${items} items`, answer.cpuSeconds);
    report.figure(`GiB at the peak, slates from ${items} items`, answer.peakMiB / 1024);
    report.figure(`share of candidates seen, ${items} items`, answer.candidatesSeen ?? 0);
    showModels(answer, items, report);
  }
  return undefined;
}

interface Options {
  readonly [option: string]: number;
  readonly from: number;
  readonly to: number;
  readonly candidates: number;
  /** In a shop, in a hundred looks at liked items. */
  readonly clicks: number;
  readonly threads: number;
}

export const cycleBench: Bench<Options> = {
  name: "cycle",
  description:
    "one cycle of the loop over decisions that are all new, read from the database: of slates at three catalogue sizes, and of many single items",
  options: { from: 10_000, to: 1_000_000, candidates: 50, clicks: 30, threads: 2 },
  run: async (options, report) => {
    const { from, to, candidates, threads } = options;
    const reason = await measureShops(options, report);
    if (reason !== undefined) return report.skip(reason);
    const answers: CycleAnswer[] = [];
    for (const decisions of sizesOf(from, to)) {
      const answer = await measureCycle({ decisions, candidates }, threads);
      if (answer.outcome === "skipped")
        return report.skip(`the cycle over ${decisions} decisions was: ${answer.reason}`);
      report.note(
        `${decisions} decisions, ${answer.record.feedback?.kept} of them as rows: ${answer.outcome}`,
      );
      showStages(answer, report);
      report.figure(`minutes, ${decisions} decisions`, answer.seconds / 60);
      report.figure(`CPU minutes, ${decisions} decisions`, answer.cpuSeconds / 60);
      report.figure(`GiB at the peak, ${decisions} decisions`, answer.peakMiB / 1024);
      answers.push(answer);
    }
    if (to < million || from >= to)
      return report.skip("targets are for a million decisions, beside a tenth of them");
    const [small, large] = answers.slice(-2) as [CycleAnswer, CycleAnswer];
    report.figure("minutes of the largest cycle", large.seconds / 60);
    report.figure("GiB at the peak of the largest cycle", large.peakMiB / 1024);
    report.figure("times as long as a tenth of its decisions", large.seconds / small.seconds);
  },
};
