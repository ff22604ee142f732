import { createRandom } from "../../../src/numeric/random.ts";
import type { SeedOutcome, UnitOfWork } from "../world.ts";
import type { ValueOptions } from "./fitted-values.ts";
import { createGreedy } from "./greedy.ts";
import { createMpo } from "./mpo.ts";
import { playSessions } from "./play.ts";
import type { SessionPolicy } from "./session-world.ts";
import { playSession } from "./session-world.ts";
import type { SessionTask } from "./task.ts";

/** A loop to be run: by which algorithm, and what it takes for the value of a choice. */
export interface SessionLoop {
  readonly algorithm: "mpo" | "greedy";
  readonly values: ValueOptions;
}

export interface SessionRun {
  readonly task: SessionTask;
  readonly cycles: number;
  readonly sessionsPerCycle: number;
  /** Sessions in which a fixed policy, and what a loop serves in the end, are valued. */
  readonly valuedSessions: number;
  readonly loops: Readonly<Record<string, SessionLoop>>;
  /** That learn nothing; by name. */
  readonly fixed: Readonly<Record<string, SessionPolicy>>;
}

async function runLoop(run: SessionRun, loop: SessionLoop, unit: UnitOfWork) {
  const { task, cycles, sessionsPerCycle } = run;
  const world = task.world(unit.seed);
  const random = createRandom(unit.seed).split("sessions");
  const { discount } = loop.values;
  const learner =
    loop.algorithm === "mpo"
      ? createMpo(task, loop.values, { random: random.split("learner") })
      : createGreedy(task, loop.values);
  const play = { task, world, serve: learner.serve, discount, random: random.split("choices") };
  const curve: number[] = [];
  for (let cycle = 0; cycle < cycles; cycle++) {
    const played = playSessions(play, cycle * sessionsPerCycle, sessionsPerCycle);
    await learner.learn(played.rows, cycle);
    unit.onProgress((cycle + 1) / (cycles + 1));
    curve.push(played.meanReturn);
  }
  const { meanReturn } = playSessions(play, cycles * sessionsPerCycle, run.valuedSessions);
  return { value: meanReturn, curve: [...curve, meanReturn] };
}

/** The same sessions in which the loops are valued. */
function valueFixed(run: SessionRun, policy: SessionPolicy, { seed }: UnitOfWork): number {
  const world = run.task.world(seed);
  const random = createRandom(seed).split("fixed");
  const first = run.cycles * run.sessionsPerCycle;
  let total = 0;
  for (let index = first; index < first + run.valuedSessions; index++)
    total += playSession(world.start(index), policy, random.split(index)).total;
  return total / run.valuedSessions;
}

/** Values: mean return of a session once learning has ended; curves: by cycle, then that. */
export async function runPolicies(run: SessionRun, unit: UnitOfWork): Promise<SeedOutcome> {
  const all = Object.entries(run.loops);
  const loops: [string, Awaited<ReturnType<typeof runLoop>>][] = [];
  for (const [index, [name, loop]] of all.entries()) {
    const onProgress = (share: number) => unit.onProgress((index + share) / all.length);
    loops.push([name, await runLoop(run, loop, { ...unit, onProgress })]);
  }
  const fixed = Object.entries(run.fixed).map(
    ([name, policy]) => [name, valueFixed(run, policy, unit)] as const,
  );
  return {
    values: Object.fromEntries([...loops.map(([name, { value }]) => [name, value]), ...fixed]),
    curves: Object.fromEntries(loops.map(([name, { curve }]) => [name, curve])),
  };
}

/** The `count` candidates with the highest scores. */
export const topPlaces = (scores: ArrayLike<number>, count: number): number[] =>
  Array.from({ length: scores.length }, (_, place) => place)
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, count);
