import { runCycle } from "../../src/engine/learner/cycle/run-cycle.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { readUsage } from "../../src/engine/stages/process-usage.ts";
import { measureCandidatesSeen } from "./candidates-seen.ts";
import { closedAt, cycleConfiguration } from "./make-log.ts";
import { shopClosedAt, shopConfiguration } from "./make-shop.ts";
import type { CycleAnswer, CycleSize } from "./measure-cycle.ts";

// Runs one cycle over a log, and tells its parent what it took.
const [path = "", sizes = "", threads = "1"] = process.argv.slice(2);
const size = JSON.parse(sizes) as CycleSize;
const isShop = "slateSize" in size;
const configuration = isShop ? shopConfiguration(size) : cycleConfiguration;
const begins = isShop ? shopClosedAt(size) : closedAt(size);
const store = await openStore(path);
// The record's own clock gives the moment; what passes is the bench's.
const startedAt = performance.now();
const cycle = await runCycle({
  store,
  configuration,
  scenario: configuration.scenarios[0]!,
  clock: () => begins + Math.round(performance.now() - startedAt),
  seed: 1,
  threads: Number(threads),
});
const seconds = (performance.now() - startedAt) / 1000;
const { cpuMs, peakMiB } = readUsage();
if (cycle === undefined) throw new RangeError(`there was nothing to learn from in ${path}`);
const answer: CycleAnswer = {
  seconds,
  cpuSeconds: cpuMs / 1000,
  peakMiB,
  outcome: cycle.outcome,
  reason: cycle.reason,
  record: cycle.record,
  ...(isShop && { candidatesSeen: await measureCandidatesSeen(store, size) }),
};
await store.close();
if (process.send) process.send(answer);
else console.log(JSON.stringify(answer, undefined, 1));
