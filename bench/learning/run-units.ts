import { formatSeconds } from "../../src/numeric/format.ts";
import type { LearningWorld, SeedOutcome } from "./world.ts";

/** One seed of one case of one world: what is run, kept and resumed. */
export interface Unit {
  readonly world: LearningWorld;
  readonly caseName: string;
  readonly seed: number;
}

export interface KeptOutcome extends SeedOutcome {
  readonly seconds: number;
  /** Of the sources that gave it; a change of them does not run it anew. */
  readonly revision: string;
}

export interface RunParts {
  readonly load: (unit: Unit) => KeptOutcome | undefined;
  readonly save: (unit: Unit, outcome: KeptOutcome) => void;
  readonly run: (unit: Unit, onProgress: (share: number) => void) => Promise<SeedOutcome>;
  /** How many units run side by side. */
  readonly workers: number;
  readonly revision: string;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Takes lines. */
  readonly print: (text: string) => void;
  /** Aborted: what runs is finished and nothing else started. */
  readonly signal: AbortSignal;
}

/** A progress line of a unit is not printed more often. */
const printEverySeconds = 30;

const kindOf = ({ world, caseName }: Unit) => `${world.name} ${caseName}`;
const describeUnit = (unit: Unit): string =>
  unit.caseName === unit.world.name
    ? `${unit.world.name}, seed ${unit.seed}`
    : `${unit.world.name} ${unit.caseName}, seed ${unit.seed}`;

/** Seconds of a unit by its kind, from what was run so far, the first of them from its own progress; of a kind not yet seen the mean of the others. */
function createForecast() {
  const sums = new Map<string, { count: number; seconds: number }>();
  const guesses = new Map<string, { count: number; seconds: number }>();
  const meanOf = (kinds: readonly { count: number; seconds: number }[]) =>
    kinds.reduce((sum, { count, seconds }) => sum + seconds / count, 0) / kinds.length;
  return {
    add: (unit: Unit, seconds: number) => {
      const sum = sums.get(kindOf(unit)) ?? { count: 0, seconds: 0 };
      sums.set(kindOf(unit), { count: sum.count + 1, seconds: sum.seconds + seconds });
    },
    /** @param share of the unit that took `seconds`, above 0 */
    guess: (unit: Unit, share: number, seconds: number) =>
      guesses.set(kindOf(unit), { count: 1, seconds: seconds / share }),
    /** NaN before the first progress. */
    secondsOf: (unit: Unit) => {
      const known = new Map([...guesses, ...sums]);
      const own = known.get(kindOf(unit));
      return meanOf(own === undefined ? [...known.values()] : [own]);
    },
  };
}

/** What waits, what runs and how far it is. */
function createProgress(units: readonly Unit[], parts: RunParts) {
  const forecast = createForecast();
  const queue: Unit[] = [];
  const running = new Map<Unit, number>();
  for (const unit of units) {
    const kept = parts.load(unit);
    if (kept === undefined) queue.push(unit);
    else forecast.add(unit, kept.seconds);
  }
  const describeRest = () => {
    const left = [...queue, ...running.keys()];
    const done = `${units.length - left.length} of ${units.length} done`;
    const seconds = left.reduce(
      (sum, unit) => sum + forecast.secondsOf(unit) * (1 - (running.get(unit) ?? 0)),
      0,
    );
    if (Number.isNaN(seconds) || left.length === 0) return done;
    return `${done}, about ${formatSeconds(seconds / parts.workers)} left`;
  };
  return {
    queue,
    describeRest,
    advance: (unit: Unit, share: number, seconds: number) => {
      running.set(unit, share);
      if (share > 0) forecast.guess(unit, share, seconds);
    },
    drop: (unit: Unit) => running.delete(unit),
    end: (unit: Unit, seconds: number) => {
      running.delete(unit);
      forecast.add(unit, seconds);
    },
  };
}

/**
 * Runs what is not kept yet, in the order of the units. One that fails doesn't keep the others from running.
 * @returns what failed, in words
 */
export async function runUnits(units: readonly Unit[], parts: RunParts): Promise<string[]> {
  const { print, clock, signal } = parts;
  const progress = createProgress(units, parts);
  const kept = units.length - progress.queue.length;
  if (kept > 0) print(`${kept} of ${units.length} runs are kept from before`);
  const failures: string[] = [];
  const runOne = async (unit: Unit) => {
    const startedAt = clock();
    let printedAt = startedAt;
    progress.advance(unit, 0, 0);
    const outcome = await parts.run(unit, (share) => {
      progress.advance(unit, share, (clock() - startedAt) / 1000);
      if (clock() - printedAt < printEverySeconds * 1000) return;
      printedAt = clock();
      print(`${describeUnit(unit)}: ${Math.round(100 * share)} %; ${progress.describeRest()}`);
    });
    const seconds = (clock() - startedAt) / 1000;
    progress.end(unit, seconds);
    parts.save(unit, { ...outcome, seconds, revision: parts.revision });
    print(`${describeUnit(unit)}: ${formatSeconds(seconds)}; ${progress.describeRest()}`);
  };
  const work = async () => {
    while (!signal.aborted) {
      const unit = progress.queue.shift();
      if (unit === undefined) return;
      await runOne(unit).catch((error: Error) => {
        progress.drop(unit);
        failures.push(`${describeUnit(unit)} failed: ${error.message}`);
        print(failures.at(-1)!);
      });
    }
  };
  await Promise.all(Array.from({ length: parts.workers }, work));
  return failures;
}

/** What the seeds of a case share, for cases with a seed that is still to be run. */
export async function prepareUnits(
  units: readonly Unit[],
  { load, print }: Pick<RunParts, "load" | "print">,
): Promise<void> {
  const prepared = new Set<string>();
  for (const unit of units) {
    if (prepared.has(kindOf(unit)) || load(unit) !== undefined) continue;
    prepared.add(kindOf(unit));
    await unit.world.prepare?.(unit.caseName, print);
  }
}
