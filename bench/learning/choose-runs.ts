import { getWorld, worlds } from "./registry.ts";
import type { Unit } from "./run-units.ts";
import type { LearningWorld } from "./world.ts";

/** What a run of the learning bench is asked for. */
export interface LearningOptions {
  readonly world: string;
  readonly seeds: number;
  /** `usual`, `all`, or a text that the names contain. */
  readonly cases: string;
  /** `usual`, or how many each loop has. */
  readonly cycles: string;
}

/** @throws TypeError for a number of cycles that is none, RangeError for a world that has one length */
export function chooseWorlds({
  world: name,
  cycles,
}: Pick<LearningOptions, "world" | "cycles">): readonly LearningWorld[] {
  if (cycles === "usual") return name === "all" ? worlds : [getWorld(name)];
  const count = Number(cycles);
  if (!Number.isInteger(count) || count < 3)
    throw new TypeError(`--cycles must be 'usual' or an integer of at least 3, got '${cycles}'`);
  if (name === "all") throw new RangeError("--cycles is for one world; name it with --world");
  return [getWorld(name, count)];
}

/** Cases that are asked for. @throws RangeError where none is */
function chooseCases(world: LearningWorld, wanted: string): readonly string[] {
  if (wanted === "usual") return world.usual?.cases ?? world.cases;
  if (wanted === "all") return world.cases;
  const found = world.cases.filter((caseName) => caseName.includes(wanted));
  if (found.length > 0) return found;
  throw new RangeError(`no case of ${world.name} has '${wanted}': ${world.cases.join("; ")}`);
}

/** Cases that can be run here; says of the others why not. */
function listCases(
  world: LearningWorld,
  wanted: string,
  note: (text: string) => void,
): readonly string[] {
  return chooseCases(world, wanted).filter((caseName) => {
    const obstacle = world.findObstacle?.(caseName);
    if (obstacle !== undefined) note(`${world.name} ${caseName} left out: ${obstacle}`);
    return obstacle === undefined;
  });
}

/**
 * Seed by seed, so that a run that is broken off has something of everything. Beside other worlds a costly one has the seeds of its usual sample;
 * alone it has as many as are asked for.
 */
export function listUnits(
  chosen: readonly LearningWorld[],
  { seeds: count, cases: wanted }: Pick<LearningOptions, "seeds" | "cases">,
  note: (text: string) => void,
): readonly Unit[] {
  const cases = chosen.flatMap((world) =>
    listCases(world, wanted, note).map((caseName) => ({ world, caseName })),
  );
  const limitOf = ({ usual }: LearningWorld) =>
    wanted === "usual" && chosen.length > 1 ? (usual?.seeds ?? count) : count;
  return Array.from({ length: count }, (_, index) => index + 1).flatMap((seed) =>
    cases.filter(({ world }) => seed <= limitOf(world)).map((one) => ({ ...one, seed })),
  );
}
