import { createRecurve } from "../../src/host/create-recurve.ts";
import type { EmbeddedAnswer, EmbeddedTask } from "./measure-embedded.ts";
import { createWorld, shopConfiguration, visit } from "./shop.ts";
import { watchLoop } from "./watch-loop.ts";

// A shop with Recurve in its own process: visits come at a steady pace, whether the one before is
// answered or not. Tells its parent how long the event loop stood still, and how long slates took.
const { path, items, seconds, perSecond, learner }: EmbeddedTask = JSON.parse(
  process.argv[2] ?? "",
);
/** The first requests compile the code and read the snapshots. */
const warmUpVisits = 100;
/** A cycle's policies are read by the requests after it. */
const afterCycleMs = 5000;

const world = createWorld({ items });
const cycles: string[] = [];
let firstCycleAt = learner ? Number.POSITIVE_INFINITY : 0;
const recurve = await createRecurve({
  database: path,
  configuration: shopConfiguration(world),
  learner,
  onCycle: ({ outcome }) => {
    cycles.push(outcome);
    firstCycleAt = Math.min(firstCycleAt, performance.now());
  },
});
for (let turn = 0; turn < warmUpVisits; turn++) await visit(recurve, world, turn);

const visits: Promise<number>[] = [];
const loop = watchLoop();
const startedAt = performance.now();
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    visits.push(visit(recurve, world, warmUpVisits + visits.length));
    const now = performance.now();
    if (now < Math.max(startedAt + 1000 * seconds, firstCycleAt + afterCycleMs)) return;
    clearInterval(timer);
    resolve();
  }, 1000 / perSecond);
});
const latenciesMs = await Promise.all(visits);
const delays = loop.stop();
const taken = (performance.now() - startedAt) / 1000;
await recurve.close();
const answer: EmbeddedAnswer = { delays, latenciesMs, cycles, seconds: taken };
process.send?.(answer);
