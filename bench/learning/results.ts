import { mean, standardError } from "../statistics.ts";
import type { LearningWorld, SeedOutcome } from "./world.ts";

export interface Estimate {
  readonly mean: number;
  /** Over seeds; NaN for one seed. */
  readonly standardError: number;
}

type NumbersOf = "values" | "curves" | "figures";

/** The outcomes of a world over seeds, the same seeds for every case. */
export interface WorldResults {
  readonly world: LearningWorld;
  /** Cases that were run. */
  readonly cases: readonly string[];
  readonly seeds: readonly number[];
  /** By seed; undefined where the policy or the case is missing. */
  findValues(policy: string, caseName: string): readonly number[] | undefined;
  /** Numbers of an outcome by seed, undefined for a seed without them. */
  read<Kind extends NumbersOf>(
    kind: Kind,
    name: string,
    caseName: string,
  ): readonly (NonNullable<SeedOutcome[Kind]>[string] | undefined)[];
  /** By seed: the mean over cases; undefined where one is missing. */
  findMeanValues(policy: string, cases: readonly string[]): readonly number[] | undefined;
  findFigures(name: string, caseName: string): readonly number[] | undefined;
  /** By seed. */
  findCurves(policy: string, caseName: string): readonly (readonly number[])[] | undefined;
  /** Names of all figures, in the order in which they were met. */
  readonly figureNames: readonly string[];
  /** Each once. */
  readonly notes: readonly string[];
}

export const estimate = (values: readonly number[]): Estimate => ({
  mean: mean(values),
  standardError: standardError(values),
});

/** first − second, seed by seed. */
export const estimateDifference = (first: readonly number[], second: readonly number[]): Estimate =>
  estimate(first.map((value, index) => value - second[index]!));

/** @throws RangeError where an outcome has values of an unknown policy, or that are no numbers */
export function checkOutcome(world: LearningWorld, outcome: SeedOutcome): SeedOutcome {
  for (const policy of [...Object.keys(outcome.values), ...Object.keys(outcome.curves ?? {})])
    if (!world.policies.includes(policy))
      throw new RangeError(`${world.name} has no policy '${policy}': ${world.policies.join(", ")}`);
  const numbers = { ...outcome.values, ...outcome.figures, ...outcome.curves };
  for (const [name, value] of Object.entries(numbers))
    if (![value].flat().every(Number.isFinite))
      throw new RangeError(`${world.name}: '${name}' must be finite, got ${value}`);
  return outcome;
}

/** @param outcomes by case, then by seed, no seed missing */
export function collectResults(
  world: LearningWorld,
  seeds: readonly number[],
  outcomes: ReadonlyMap<string, readonly SeedOutcome[]>,
): WorldResults {
  const all = [...outcomes.values()].flat();
  const read: WorldResults["read"] = (kind, name, caseName) =>
    (outcomes.get(caseName) ?? []).map((outcome) => outcome[kind]?.[name] as never);
  /** Of every seed, or of none. */
  function find<Kind extends NumbersOf>(kind: Kind, name: string, caseName: string) {
    const found = read(kind, name, caseName);
    if (found.length === 0 || found.includes(undefined)) return undefined;
    return found as readonly NonNullable<(typeof found)[number]>[];
  }
  const findValues = (policy: string, caseName: string) => find("values", policy, caseName);
  return {
    world,
    cases: [...outcomes.keys()],
    seeds,
    read,
    findValues,
    findMeanValues: (policy, cases) => {
      const found = cases.map((caseName) => findValues(policy, caseName));
      if (found.includes(undefined)) return undefined;
      return seeds.map((_, seed) => mean(found.map((values) => values![seed]!)));
    },
    findFigures: (name, caseName) => find("figures", name, caseName),
    findCurves: (policy, caseName) => find("curves", policy, caseName),
    figureNames: [...new Set(all.flatMap(({ figures }) => Object.keys(figures ?? {})))],
    notes: [...new Set(all.flatMap(({ notes = [] }) => notes))],
  };
}

/** As many decimals as the standard error has sense for: two of its digits. */
export function formatEstimate({ mean: value, standardError }: Estimate): string {
  const isKnown = Number.isFinite(standardError) && standardError > 0;
  const decimals = isKnown
    ? Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(standardError))))
    : 4;
  const error = Number.isNaN(standardError) ? "" : ` ± ${standardError.toFixed(decimals)}`;
  return `${value.toFixed(decimals)}${error}`;
}
