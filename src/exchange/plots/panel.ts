import { linearScale, type Scale } from "./linear-scale.ts";
import { colours, type PlotPart } from "./plot.ts";
import { line, text } from "./svg.ts";

/** A value with its interval, in one row of a panel. */
export interface Mark {
  readonly label: string;
  readonly value: number;
  /** From −∞ to ∞ if it is not bounded. */
  readonly interval: { readonly lower: number; readonly upper: number };
  /** Both as a text. */
  readonly numbers: string;
  /** Drawn hollow: its interval leaves out possibly most of its error. */
  readonly modelAlone?: boolean;
  readonly colour: string;
}

/** Rows that share an axis. */
export interface Panel {
  readonly axis: string;
  readonly marks: readonly Mark[];
  /** A line through all rows, to compare with. */
  readonly reference: number;
}

// Pixels, for letters of about 8 in width.
const plot = { left: 190, right: 580 };
const textLeft = 600;
const rowHeight = 24;
const axisHeight = 58;

/** Over all that is finite, with room if everything is one number. */
function createScale({ marks, reference }: Panel): Scale {
  const ends = marks.flatMap(({ value, interval }) => [value, interval.lower, interval.upper]);
  const finite = [...ends.filter(Number.isFinite), reference];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const room = high > low ? 0 : Math.abs(high) / 10 || 1;
  return linearScale([low - room, high + room], [plot.left, plot.right], { nice: 5 });
}

function drawAxis(scale: Scale, { axis, reference, marks }: Panel, top: number): string[] {
  const bottom = top + marks.length * rowHeight;
  const ticks = scale.ticks(5);
  const format = scale.tickFormat(5);
  return [
    ...ticks.flatMap((tick) => [
      line([scale(tick), top], [scale(tick), bottom], `stroke="${colours.line}"`),
      text([scale(tick), bottom + 17], format(tick), `text-anchor="middle" fill="${colours.soft}"`),
    ]),
    line(
      [scale(reference), top],
      [scale(reference), bottom],
      `stroke="${colours.soft}" stroke-dasharray="4 3"`,
    ),
    text(
      [(plot.left + plot.right) / 2, bottom + 37],
      axis,
      `text-anchor="middle" fill="${colours.soft}"`,
    ),
  ];
}

/** An unbounded interval goes from edge to edge, without the strokes that end the others. */
function drawInterval(scale: Scale, { interval, colour }: Mark, y: number): string[] {
  const stroke = `stroke="${colour}" stroke-width="2"`;
  if (!Number.isFinite(interval.lower)) {
    return [line([plot.left, y], [plot.right, y], `${stroke} stroke-dasharray="2 4"`)];
  }
  const [low, high] = [scale(interval.lower), scale(interval.upper)];
  const end = (x: number) => line([x, y - 4], [x, y + 4], stroke);
  return [line([low, y], [high, y], stroke), end(low), end(high)];
}

function drawMark(scale: Scale, mark: Mark, y: number): string[] {
  const { colour, modelAlone, value, label } = mark;
  const fill = modelAlone ? "#ffffff" : colour;
  return [
    text([plot.left - 14, y + 4], label, 'text-anchor="end"'),
    ...drawInterval(scale, mark, y),
    `<circle cx="${scale(value).toFixed(1)}" cy="${y}" r="4.5" fill="${fill}" stroke="${colour}" stroke-width="2"/>`,
  ];
}

function drawRows(panel: Panel, top: number): string[] {
  const scale = createScale(panel);
  const rows = panel.marks.flatMap((mark, row) => {
    const y = top + (row + 0.5) * rowHeight;
    return [...drawMark(scale, mark, y), text([textLeft, y + 4], mark.numbers)];
  });
  return [...drawAxis(scale, panel, top), ...rows];
}

/** Its rows, and below them its axis. */
export const panelPart = (panel: Panel): PlotPart => ({
  height: panel.marks.length * rowHeight + axisHeight,
  draw: (top) => drawRows(panel, top),
});
