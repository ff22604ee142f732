import type { Scale } from "../../src/exchange/plots/linear-scale.ts";
import { line, text } from "../../src/exchange/plots/svg.ts";
import {
  centred,
  createScale,
  drawPicture,
  gridLine,
  type Panel,
  plotRight,
  softColour,
  strokeOf,
} from "./picture.ts";
import { type Estimate, estimate, formatEstimate, type WorldResults } from "./results.ts";

const plotLeft = 250;
const rowHeight = 22;
const axisHeight = 40;

interface Mark extends Estimate {
  readonly policy: string;
  readonly stroke: string;
  /** Two standard errors; 0 where there are none. */
  readonly reach: number;
}

function findMarks({ world, read }: WorldResults, caseName: string): Mark[] {
  return world.policies.flatMap((policy) => {
    const values = read("values", policy, caseName).filter((value) => value !== undefined);
    if (values.length === 0) return [];
    const found = estimate(values);
    const stroke = policy === world.main ? strokeOf(0) : `stroke="${softColour}"`;
    return [{ policy, stroke, ...found, reach: 2 * (found.standardError || 0) }];
  });
}

function drawMark(scale: Scale, mark: Mark, y: number): string[] {
  const [low, high] = [scale(mark.mean - mark.reach), scale(mark.mean + mark.reach)];
  return [
    text([plotLeft - 14, y + 4], mark.policy, 'text-anchor="end"'),
    line([low, y], [high, y], `${mark.stroke} stroke-width="2"`),
    `<circle cx="${scale(mark.mean).toFixed(1)}" cy="${y}" r="3" ${mark.stroke} stroke-width="3"/>`,
    text([plotRight + 16, y + 4], formatEstimate(mark)),
  ];
}

function createPanel(results: WorldResults, caseName: string): Panel {
  const marks = findMarks(results, caseName);
  const ends = marks.flatMap(({ mean, reach }) => [mean - reach, mean + reach]);
  const scale = createScale(ends, [plotLeft, plotRight]);
  const height = marks.length * rowHeight;
  const draw = (top: number) => [
    ...scale
      .ticks(5)
      .flatMap((tick) => [
        gridLine([scale(tick), top - 4], [scale(tick), top + height]),
        centred([scale(tick), top + height + 15], scale.tickFormat(5)(tick)),
      ]),
    ...marks.flatMap((mark, row) => drawMark(scale, mark, top + (row + 0.5) * rowHeight)),
  ];
  return { caseName, height: height + axisHeight, draw };
}

/** Mean ± 2 standard errors by policy, on an axis of its own for each case. */
export function drawValues(results: WorldResults): string {
  const { name, value, better } = results.world;
  const panels = results.cases.map((caseName) => createPanel(results, caseName));
  return drawPicture(`${name}: ${value}, ${better} is better; ± 2 standard errors`, panels);
}
