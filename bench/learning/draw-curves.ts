import type { Scale } from "../../src/exchange/plots/linear-scale.ts";
import { line, text } from "../../src/exchange/plots/svg.ts";
import { mean } from "../statistics.ts";
import {
  centred,
  createScale,
  drawPicture,
  gridLine,
  type Panel,
  plotRight,
  strokeOf,
} from "./picture.ts";
import type { WorldResults } from "./results.ts";

const plotLeft = 70;
const plotHeight = 180;
const axisHeight = 56;
const legendRowHeight = 18;

interface Curve {
  readonly policy: string;
  readonly stroke: string;
  /** Over seeds, by step. */
  readonly means: readonly number[];
}

function findCurves({ world, read }: WorldResults, caseName: string): Curve[] {
  return world.policies.flatMap((policy, index) => {
    const bySeed = read("curves", policy, caseName).filter((curve) => curve !== undefined);
    if (bySeed.length === 0) return [];
    const means = bySeed[0]!.map((_, step) => mean(bySeed.map((curve) => curve[step]!)));
    return [{ policy, stroke: strokeOf(index), means }];
  });
}

function drawAxes(x: Scale, y: Scale, step: string): string[] {
  const [bottom] = y.range;
  return [
    ...y
      .ticks(5)
      .flatMap((tick) => [
        gridLine([plotLeft, y(tick)], [plotRight, y(tick)]),
        text([plotLeft - 8, y(tick) + 4], y.tickFormat(5)(tick), 'text-anchor="end"'),
      ]),
    ...x
      .ticks(6)
      .filter(Number.isInteger)
      .map((tick) => centred([x(tick), bottom + 16], `${tick}`)),
    centred([(plotLeft + plotRight) / 2, bottom + 34], step),
  ];
}

function drawCurve(x: Scale, y: Scale, { means, stroke }: Curve): string {
  const points = means.map((value, step) => `${x(step + 1).toFixed(1)},${y(value).toFixed(1)}`);
  return `<polyline fill="none" ${stroke} stroke-width="2" points="${points.join(" ")}"/>`;
}

const drawLegend = (curves: readonly Curve[], top: number): string[] =>
  curves.flatMap(({ policy, stroke }, row) => {
    const y = top + legendRowHeight * row;
    return [
      line([plotRight + 16, y], [plotRight + 40, y], `${stroke} stroke-width="3"`),
      text([plotRight + 48, y + 4], policy),
    ];
  });

function createPanel(caseName: string, curves: readonly Curve[], step: string): Panel {
  const steps = Math.max(...curves.map(({ means }) => means.length));
  const x = createScale([1, steps], [plotLeft, plotRight]);
  const values = curves.flatMap(({ means }) => means);
  const legendHeight = legendRowHeight * curves.length;
  return {
    caseName,
    height: Math.max(plotHeight + axisHeight, legendHeight),
    draw: (top) => {
      const y = createScale(values, [top + plotHeight, top]);
      return [
        ...drawAxes(x, y, step),
        ...curves.map((curve) => drawCurve(x, y, curve)),
        ...drawLegend(curves, top),
      ];
    },
  };
}

/** Mean over seeds by step of every policy that has a curve; undefined where none has. */
export function drawCurves(results: WorldResults): string | undefined {
  const { name, value, step = "step" } = results.world;
  const panels = results.cases.flatMap((caseName) => {
    const curves = findCurves(results, caseName);
    return curves.length === 0 ? [] : [createPanel(caseName, curves, step)];
  });
  return panels.length === 0 ? undefined : drawPicture(`${name}: ${value} by ${step}`, panels);
}
