import { formatWhole } from "../src/numeric/format.ts";
import type { Bench, BenchOptions, Figure, Table, Target } from "./bench.ts";

/** Everything that a run has to say; `--json` prints it. */
export interface BenchResult {
  readonly name: string;
  readonly description: string;
  readonly options: BenchOptions;
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  readonly outcome: "met" | "missed" | "skipped" | "no target";
  /** Why it was skipped. */
  readonly reason?: string;
}

/** Whole numbers from 100 on, three significant digits below. */
const formatNumber = (value: number): string =>
  Math.abs(value) >= 100 ? formatWhole(value) : value.toPrecision(3);

const isMet = ({ direction, target }: Target, value: number) =>
  direction === "at least" ? value >= target : value <= target;

function findFigure(figures: readonly Figure[], { metric }: Target): Figure {
  const found = figures.find((figure) => figure.metric === metric);
  if (found !== undefined) return found;
  const reported = figures.map((figure) => figure.metric).join("; ");
  throw new RangeError(
    `targets.json asks for '${metric}', the bench reports ${reported || "nothing"}`,
  );
}

/** @throws RangeError where a figure is not finite, or a target's metric is not among them */
export async function runBench(
  bench: Bench,
  settings: {
    readonly options: BenchOptions;
    readonly targets: readonly Target[];
    /** Takes lines. */
    readonly print: (text: string) => void;
  },
): Promise<BenchResult> {
  const { options, print } = settings;
  const { name, description } = bench;
  const figures: Figure[] = [];
  const tables: Table[] = [];
  let reason: string | undefined;
  await bench.run(options, {
    figure: (metric, value) => {
      if (!Number.isFinite(value)) throw new RangeError(`${metric} must be finite, got ${value}`);
      figures.push({ metric, value });
      print(describeFigure({ metric, value }));
    },
    table: (columns, rows) => {
      tables.push({ columns, rows });
      print(formatTable({ columns, rows }));
    },
    note: print,
    skip: (why) => {
      reason = why;
    },
  });
  const targets = settings.targets.filter(
    ({ ofPeer, metric }) => !ofPeer || figures.some((figure) => figure.metric === metric),
  );
  const common = { name, description, options, figures, tables, targets };
  if (reason !== undefined) return { ...common, outcome: "skipped", reason };
  if (targets.length === 0) return { ...common, outcome: "no target" };
  const met = targets.every((target) => isMet(target, findFigure(figures, target).value));
  return { ...common, outcome: met ? "met" : "missed" };
}

/** The last line of a run: `name: figure (target …)`, figures of several targets after semicolons. */
export function summarise({ name, figures, targets, reason }: BenchResult): string {
  if (reason !== undefined) return `${name}: skipped (${reason})`;
  const judged = targets.map((target) => {
    const figure = findFigure(figures, target);
    const missed = isMet(target, figure.value) ? "" : ", missed";
    return `${describeFigure(figure)} (target ${target.direction} ${formatNumber(target.target)}${missed})`;
  });
  if (judged.length > 0) return `${name}: ${judged.join("; ")}`;
  const [figure] = figures;
  return `${name}: ${figure === undefined ? "nothing measured" : describeFigure(figure)} (no target)`;
}

const describeFigure = ({ metric, value }: Figure): string => `${formatNumber(value)} ${metric}`;

/** The first column to the left, numbers to the right. */
function formatTable({ columns, rows }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join("  "),
    )
    .join("\n");
}
