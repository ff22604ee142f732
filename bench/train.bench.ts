import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatWhole } from "../src/numeric/format.ts";
import type { Bench, Report } from "./bench.ts";
import { median } from "./statistics.ts";
import { writeArrays } from "./train/arrays.ts";
import { contests, dropout, type TrainContest } from "./train/contests.ts";
import { type Racer, type StepAnswer, startRacer, torchIsThere } from "./train/racer.ts";

/** Both sides of one contest; PyTorch's is missing where it isn't installed. */
interface Race {
  readonly contest: TrainContest;
  readonly threads: number;
  readonly ours: Side;
  readonly torch: Side | undefined;
}

interface Side {
  readonly tokensPerSecond: number;
  readonly coreSeconds: number;
  readonly peakMegabytes: number;
}

interface Setting {
  readonly contest: TrainContest;
  readonly threads: number;
  readonly folder: string;
}

async function startRacers(setting: Setting, rate: number): Promise<Racer[]> {
  const sides = torchIsThere ? (["ours", "torch"] as const) : (["ours"] as const);
  return Promise.all(
    sides.map((side) => startRacer(side, setting.folder, { ...setting, dropout: rate })),
  );
}

/** Relative difference of two float32 losses after a few steps that are the same but for the order of their sums. */
const tolerance = 1e-3;

/** Without dropout both sides have the same losses: only the same work can be compared. */
async function checkAgreement(setting: Setting): Promise<void> {
  const racers = await startRacers(setting, 0);
  const [ours = [], theirs = []] = await takeInTurns(racers, { rounds: 1, steps: 3 });
  for (const racer of racers) await racer.close();
  const lossesOf = (answers: readonly StepAnswer[]) =>
    answers.flatMap(({ steps }) => steps.map(({ loss }) => loss));
  const expected = lossesOf(theirs);
  for (const [index, loss] of lossesOf(ours).entries())
    if (Math.abs(loss / expected[index]! - 1) > tolerance)
      throw new RangeError(
        `${setting.contest.name}: the loss of step ${index + 1} is ${loss} here and ${expected[index]} in PyTorch; only the same work can be compared`,
      );
}

/** In turns, so that what else the machine does falls on both sides. */
async function takeInTurns(
  racers: readonly Racer[],
  { rounds, steps }: { readonly rounds: number; readonly steps: number },
): Promise<readonly StepAnswer[][]> {
  const answers = racers.map((): StepAnswer[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [index, racer] of racers.entries()) answers[index]!.push(await racer.take(steps));
  return answers;
}

async function race(
  setting: Setting,
  size: { readonly rounds: number; readonly steps: number },
): Promise<Race> {
  const { contest, threads } = setting;
  const racers = await startRacers(setting, dropout);
  await takeInTurns(racers, { rounds: 1, steps: 2 });
  const answers = await takeInTurns(racers, size);
  for (const racer of racers) await racer.close();
  const [ours, torch] = answers.map((turns): Side => {
    const steps = turns.flatMap((turn) => turn.steps);
    return {
      tokensPerSecond: (contest.rows * contest.length) / median(steps.map((step) => step.seconds)),
      coreSeconds: median(steps.map((step) => step.coreSeconds)),
      peakMegabytes: turns.at(-1)!.peakMegabytes,
    };
  });
  return { contest, threads, ours: ours!, torch };
}

const whole = (value: number | undefined) => (value === undefined ? "–" : formatWhole(value));

const speedRatio = ({ ours, torch }: Race) =>
  torch === undefined ? Number.NaN : ours.tokensPerSecond / torch.tokensPerSecond;

const times = (ratio: number) => (Number.isNaN(ratio) ? "–" : `${ratio.toFixed(2)}×`);

function show(report: Report, races: readonly Race[]): void {
  report.table(
    [
      ...["step", "threads", "tokens/s", "PyTorch", "ratio", "ratio by core time"],
      ...["MB at the peak", "PyTorch"],
    ],
    races.map((one) => [
      one.contest.name,
      String(one.threads),
      whole(one.ours.tokensPerSecond),
      whole(one.torch?.tokensPerSecond),
      times(speedRatio(one)),
      times((one.torch?.coreSeconds ?? Number.NaN) / one.ours.coreSeconds),
      whole(one.ours.peakMegabytes),
      whole(one.torch?.peakMegabytes),
    ]),
  );
  const wide = races.filter(({ threads }) => threads === 2);
  report.figure(
    "tokens/s of the slowest step, 2 threads",
    Math.min(...wide.map(({ ours }) => ours.tokensPerSecond)),
  );
  if (!torchIsThere) {
    report.skip(
      "no PyTorch to compare with: bench/peers/requirements-torch.txt says how to install it",
    );
    return;
  }
  report.figure("times PyTorch's tokens/s at least, 2 threads", Math.min(...wide.map(speedRatio)));
  report.figure(
    "times PyTorch's memory at most",
    Math.max(...races.map(({ ours, torch }) => ours.peakMegabytes / torch!.peakMegabytes)),
  );
}

export const trainBench: Bench<{ readonly rounds: number; readonly steps: number }> = {
  name: "train",
  description: "training steps of a SASRec-shaped network, beside PyTorch",
  options: { rounds: 3, steps: 3 },
  run: async (size, report) => {
    const races: Race[] = [];
    for (const contest of contests) {
      const folder = mkdtempSync(join(tmpdir(), "recurve-bench-"));
      try {
        writeArrays(folder, contest);
        if (torchIsThere) await checkAgreement({ contest, threads: 2, folder });
        for (const threads of [1, 2]) races.push(await race({ contest, threads, folder }, size));
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
    show(report, races);
  },
};
