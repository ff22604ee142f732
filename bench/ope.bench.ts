import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench, Report } from "./bench.ts";
import { type Contest, contests } from "./ope/contests.ts";
import { type BenchFeedback, createFeedback, writeFeedback } from "./ope/feedback.ts";
import { measureOurs } from "./ope/ours.ts";
import { type Peer, peerIsThere, startPeer } from "./ope/peer.ts";
import { streamRows } from "./ope/stream.ts";
import { median } from "./statistics.ts";

/** Seconds of one estimator, ours and the peer's. */
interface Timing {
  readonly name: string;
  readonly ours: number;
  readonly peerValue: number;
  readonly peerInterval: number;
}

function checkAgreement({ name }: Contest, ours: number, theirs: number): void {
  if (Math.abs(ours - theirs) <= 1e-9) return;
  throw new RangeError(
    `${name} is ${ours} here and ${theirs} in Open Bandit Pipeline; only the same work can be compared`,
  );
}

/** Both sides in turns, so that what else the machine does falls on both. */
async function race(
  contest: Contest,
  parts: { feedback: BenchFeedback; peer: Peer | undefined; runs: number; resamples: number },
): Promise<Timing> {
  const { feedback, peer, runs, resamples } = parts;
  const seconds = { ours: [] as number[], peerValue: [] as number[], peerInterval: [] as number[] };
  for (let run = 0; run < runs; run++) {
    const ours = measureOurs(feedback, contest);
    seconds.ours.push(ours.seconds);
    if (peer === undefined) continue;
    const value = await peer.measure(contest, 0);
    checkAgreement(contest, ours.value, value.value);
    seconds.peerValue.push(value.seconds);
    seconds.ours.push(measureOurs(feedback, contest).seconds);
    seconds.peerInterval.push((await peer.measure(contest, resamples)).seconds);
  }
  return {
    name: contest.name,
    ours: median(seconds.ours),
    peerValue: peer === undefined ? Number.NaN : median(seconds.peerValue),
    peerInterval: peer === undefined ? Number.NaN : median(seconds.peerInterval),
  };
}

const times = (ratio: number) =>
  Number.isNaN(ratio) ? "–" : `${ratio.toPrecision(3)}×${ratio < 1 ? " (slower)" : ""}`;

function showTimings(report: Report, timings: readonly Timing[], rows: number): void {
  report.table(
    ["estimator", "rows/s", "value, against OBP", "value and interval, against OBP"],
    timings.map(({ name, ours, peerValue, peerInterval }) => [
      name,
      Math.round(rows / ours).toLocaleString("en-GB"),
      times(peerValue / ours),
      times(peerInterval / ours),
    ]),
  );
  report.figure(
    "rows/s of the slowest estimator",
    rows / Math.max(...timings.map(({ ours }) => ours)),
  );
}

/** OBP has its value and its interval in two calls; ours gives both in one, so the same seconds stand against either. */
function reportRatios(report: Report, timings: readonly Timing[]): void {
  const least = (ratio: (timing: Timing) => number) => Math.min(...timings.map(ratio));
  const total = (seconds: (timing: Timing) => number) =>
    timings.reduce((sum, timing) => sum + seconds(timing), 0);
  report.figure(
    "times OBP's rows/s at least, value alone",
    least(({ ours, peerValue }) => peerValue / ours),
  );
  report.figure(
    "times OBP's rows/s over all estimators, value alone",
    total(({ peerValue }) => peerValue) / total(({ ours }) => ours),
  );
  report.figure(
    "times OBP's rows/s at least, value with 95 % interval",
    least(({ ours, peerInterval }) => peerInterval / ours),
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
      const timings: Timing[] = [];
      for (const contest of contests)
        timings.push(await race(contest, { feedback, peer, runs, resamples }));
      showTimings(report, timings, rows);
      if (peer === undefined)
        report.skip(
          "no Open Bandit Pipeline to compare with: bench/peers/requirements.txt says how to install it",
        );
      else reportRatios(report, timings);
    } finally {
      peer?.close();
      rmSync(folder, { recursive: true });
    }
  },
};
