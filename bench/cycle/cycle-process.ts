import { readUsage } from "../../src/engine/learner/cycle/process-usage.ts";
import { runCycle } from "../../src/engine/learner/cycle/run-cycle.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { closedAt, cycleConfiguration } from "./make-log.ts";
import type { CycleAnswer } from "./measure-cycle.ts";

// Runs one cycle over a log, and tells its parent what it took.
const [path = "", sizes = "", threads = "1"] = process.argv.slice(2);
const size = JSON.parse(sizes);
const configuration = cycleConfiguration;
const store = await openStore(path);
// The record's own clock gives the moment; what passes is the bench's.
const startedAt = performance.now();
const cycle = await runCycle({
  store,
  configuration,
  scenario: configuration.scenarios[0]!,
  clock: () => closedAt(size) + Math.round(performance.now() - startedAt),
  seed: 1,
  threads: Number(threads),
});
const seconds = (performance.now() - startedAt) / 1000;
await store.close();
if (cycle === undefined) throw new RangeError(`there was nothing to learn from in ${path}`);
const answer: CycleAnswer = {
  seconds,
  cpuSeconds: readUsage().cpuMs / 1000,
  peakMiB: readUsage().peakMiB,
  outcome: cycle.outcome,
  reason: cycle.reason,
  record: cycle.record,
};
if (process.send) process.send(answer);
else console.log(JSON.stringify(answer, undefined, 1));
