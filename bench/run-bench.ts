import type { Bench, Figure, Target } from "./bench.ts";

/** Everything that a run has to say; `--json` prints it. */
export interface BenchResult {
  readonly name: string;
  readonly description: string;
  readonly options: Readonly<Record<string, number>>;
  readonly figures: readonly Figure[];
  readonly target: Target | undefined;
  readonly outcome: "met" | "missed" | "skipped" | "no target";
  /** Why it was skipped. */
  readonly reason?: string;
}

/** Whole numbers from 100 on, three significant digits below. */
const formatNumber = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en-GB") : value.toPrecision(3);

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

/** @throws RangeError where a figure is not finite, or the target's metric is not among them */
export async function runBench(
  bench: Bench,
  settings: {
    readonly options: Readonly<Record<string, number>>;
    readonly target: Target | undefined;
    readonly onFigure: (figure: Figure) => void;
  },
): Promise<BenchResult> {
  const { options, target } = settings;
  const { name, description } = bench;
  const figures: Figure[] = [];
  let reason: string | undefined;
  await bench.run(options, {
    figure: (metric, value) => {
      if (!Number.isFinite(value)) throw new RangeError(`${metric} must be finite, got ${value}`);
      figures.push({ metric, value });
      settings.onFigure({ metric, value });
    },
    skip: (why) => {
      reason = why;
    },
  });
  const common = { name, description, options, figures, target };
  if (reason !== undefined) return { ...common, outcome: "skipped", reason };
  if (target === undefined) return { ...common, outcome: "no target" };
  const { value } = findFigure(figures, target);
  return { ...common, outcome: isMet(target, value) ? "met" : "missed" };
}

/** The last line of a run: `name: figure (target …)`. */
export function summarise({ name, figures, target, outcome, reason }: BenchResult): string {
  if (reason !== undefined) return `${name}: skipped (${reason})`;
  const figure = target === undefined ? figures[0] : findFigure(figures, target);
  const shown = figure === undefined ? "nothing measured" : describeFigure(figure);
  if (target === undefined) return `${name}: ${shown} (no target)`;
  const promise = `target ${target.direction} ${formatNumber(target.target)}`;
  return `${name}: ${shown} (${promise}${outcome === "missed" ? ", missed" : ""})`;
}

export const describeFigure = ({ metric, value }: Figure): string =>
  `${formatNumber(value)} ${metric}`;
