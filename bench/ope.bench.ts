import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatWhole } from "../src/numeric/format.ts";
import type { Bench, Report } from "./bench.ts";
import { contests } from "./ope/contests.ts";
import { createFeedback, writeFeedback } from "./ope/feedback.ts";
import { type Peer, peerIsThere, startPeer } from "./ope/peer.ts";
import {
  type Arena,
  type ContestRaces,
  medianOf,
  raceBootstrap,
  raceContest,
  raceEvaluation,
  ratioOf,
} from "./ope/race.ts";
import { streamRows } from "./ope/stream.ts";

const times = (ratio: number) =>
  Number.isNaN(ratio) ? "–" : `${ratio.toPrecision(3)}×${ratio < 1 ? " (slower)" : ""}`;

function showContests(report: Report, races: readonly ContestRaces[], rows: number): void {
  const perSecond = (seconds: number) => formatWhole(rows / seconds);
  const oursOf = ({ value, interval }: ContestRaces) => [...value.ours, ...interval.ours];
  report.table(
    [
      "estimator",
      "rows/s",
      "rows per CPU second",
      "value, against OBP",
      "value and interval, against OBP",
      "the same by the clock",
    ],
    races.map((race) => [
      race.name,
      perSecond(medianOf(oursOf(race), "seconds")),
      perSecond(medianOf(oursOf(race), "cpuSeconds")),
      times(ratioOf(race.value, "cpuSeconds")),
      times(ratioOf(race.interval, "cpuSeconds")),
      times(ratioOf(race.interval, "seconds")),
    ]),
  );
  const slowest = Math.max(...races.map((race) => medianOf(oursOf(race), "seconds")));
  report.figure("rows/s of the slowest estimator", rows / slowest);
}

/** CPU seconds: both sides take one thread, and other programs of the machine hardly count. */
function reportContests(report: Report, races: readonly ContestRaces[]): void {
  const least = (kind: "value" | "interval") =>
    Math.min(...races.map((race) => ratioOf(race[kind], "cpuSeconds")));
  report.figure("times OBP's rows per CPU second at least, value alone", least("value"));
  report.figure(
    "times OBP's rows per CPU second at least, value with 95 % interval",
    least("interval"),
  );
}

async function compareWhole(
  report: Report,
  arena: Arena,
  parts: { readonly peer: Peer; readonly resamples: number },
): Promise<void> {
  const evaluation = await raceEvaluation(arena, contests, parts.peer);
  report.figure(
    "times OBP's rows per CPU second, all estimators by default",
    ratioOf(evaluation, "cpuSeconds"),
  );
  report.figure("the same by the clock", ratioOf(evaluation, "seconds"));
  const [contest] = contests.filter(({ name }) => name === "dr");
  if (contest === undefined) return;
  report.figure(
    "times OBP's rows per CPU second, dr with a bootstrap on both sides",
    ratioOf(await raceBootstrap(arena, contest, parts), "cpuSeconds"),
  );
}

export const opeBench: Bench<{
  readonly rows: number;
  readonly actions: number;
  readonly runs: number;
  readonly resamples: number;
  readonly "stream-rows": number;
}> = {
  name: "ope",
  description: "off-policy estimators on arrays and as a stream, beside Open Bandit Pipeline",
  options: { rows: 1_000_000, actions: 50, runs: 3, resamples: 100, "stream-rows": 10_000_000 },
  run: async ({ rows, actions, runs, resamples, ...options }, report) => {
    const streamed = await streamRows({ rows: options["stream-rows"], actions });
    report.figure(
      `rows/s of the stream, ${streamed.estimators} estimators at once`,
      streamed.rowsPerSecond,
    );
    report.figure("MB at the peak of the stream", streamed.peakMegabytes);
    const folder = mkdtempSync(join(tmpdir(), "recurve-bench-"));
    let peer: Peer | undefined;
    try {
      const feedback = createFeedback({ rows, actions }, 1);
      if (peerIsThere) {
        writeFeedback(folder, feedback);
        peer = await startPeer(folder, { rows, actions });
        report.note(
          `peer      Open Bandit Pipeline ${peer.versions.obp}, NumPy ${peer.versions.numpy}, Python ${peer.versions.python}; bootstrap of ${resamples} resamples`,
        );
      }
      const arena = { feedback, runs };
      const races: ContestRaces[] = [];
      for (const contest of contests)
        races.push(await raceContest(arena, contest, { peer, resamples }));
      showContests(report, races, rows);
      if (peer === undefined) {
        report.skip(
          "no Open Bandit Pipeline to compare with: bench/peers/requirements.txt says how to install it",
        );
        return;
      }
      reportContests(report, races);
      await compareWhole(report, arena, { peer, resamples });
    } finally {
      peer?.close();
      rmSync(folder, { recursive: true });
    }
  },
};
