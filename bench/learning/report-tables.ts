import type { Table } from "../bench.ts";
import type { WorldResults } from "./results.ts";
import { estimate, formatEstimate } from "./results.ts";

const absent = "–";

type Found = readonly (number | undefined)[];
const isKnown = (value: number | undefined) => value !== undefined;

/** Of the seeds that have a number, with how many these are if not all have one. */
function format(found: Found): string {
  const known = found.filter(isKnown);
  if (known.length === 0) return absent;
  const seeds = known.length < found.length ? `, ${known.length} of ${found.length} seeds` : "";
  return `${formatEstimate(estimate(known))}${seeds}`;
}

/** A row for each name, a column for each case. */
const createTable = (
  { cases }: WorldResults,
  head: string,
  rows: readonly { readonly name: string; readonly cell: (caseName: string) => string }[],
): Table => ({
  columns: [head, ...cases],
  rows: rows.map(({ name, cell }) => [name, ...cases.map(cell)]),
});

/** Mean ± standard error of every policy over seeds. */
function tabulateValues(results: WorldResults): Table {
  const { world, read } = results;
  const rows = world.policies.map((name) => ({
    name,
    cell: (caseName: string) => format(read("values", name, caseName)),
  }));
  return createTable(results, `${world.value}, ${world.better} is better`, rows);
}

/** The main policy minus each other, seed by seed. */
function tabulateDifferences(results: WorldResults): Table {
  const { world, read } = results;
  const others = world.policies.filter((policy) => policy !== world.main);
  const rows = others.map((name) => ({
    name,
    cell: (caseName: string) => {
      const own = read("values", world.main, caseName);
      const other = read("values", name, caseName);
      return format(
        own.map((value, seed) =>
          value === undefined || other[seed] === undefined ? undefined : value - other[seed],
        ),
      );
    },
  }));
  return createTable(results, `${world.main} minus`, rows);
}

function tabulateFigures(results: WorldResults): Table {
  const rows = results.figureNames.map((name) => ({
    name,
    cell: (caseName: string) => format(results.read("figures", name, caseName)),
  }));
  return createTable(results, "beside it", rows);
}

export const listTables = (results: WorldResults): readonly Table[] =>
  [tabulateValues(results), tabulateDifferences(results), tabulateFigures(results)].filter(
    ({ rows }) => rows.length > 0,
  );

export interface JudgedTarget {
  readonly text: string;
  readonly outcome: "met" | "missed" | "not judged";
  readonly found: string;
}

export const judgeTargets = (results: WorldResults): readonly JudgedTarget[] =>
  results.world.targets.map(({ text, judge }) => {
    const judgement = judge(results);
    if (judgement === undefined)
      return { text, outcome: "not judged", found: "a policy or a case is missing" };
    return { text, outcome: judgement.met ? "met" : "missed", found: judgement.found };
  });

export const describeTarget = ({ text, outcome, found }: JudgedTarget): string =>
  `${outcome}: ${text} (${found})`;
