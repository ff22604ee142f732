import { scaleLinear } from "d3-scale";
import { conclude } from "../../analysis/off-policy/conclude.ts";
import type { EstimatedValue, LogEvaluation } from "../../analysis/off-policy/evaluate-log.ts";
import { formatWhole } from "../../numeric/format.ts";
import { createValueFormat, type ValueFormat } from "./format-value.ts";
import { escapeText, line, text, wrap } from "./svg.ts";

type Scale = ReturnType<typeof scaleLinear<number, number>>;

interface Mark extends EstimatedValue {
  readonly label: string;
  /** Drawn hollow: its interval leaves out possibly most of its error. */
  readonly modelAlone?: boolean;
  readonly colour: string;
}

/** Rows that share an axis. */
interface Panel {
  readonly axis: string;
  readonly marks: readonly Mark[];
  /** A line through all rows, to compare with. */
  readonly reference: number;
}

// Pixels, for letters of about 8 in width.
const width = 860;
const plot = { left: 190, right: 580 };
const textLeft = 600;
const rowHeight = 24;
const axisHeight = 58;

const colours = {
  ink: "#141d1a",
  soft: "#55615c",
  line: "#dce1dd",
  sure: "#00705a",
  undecided: "#875600",
};

const panelHeight = ({ marks }: Panel) => marks.length * rowHeight + axisHeight;

/** Over all that is finite, with room if everything is one number. */
function createScale({ marks, reference }: Panel): Scale {
  const ends = marks.flatMap(({ value, interval }) => [value, interval.lower, interval.upper]);
  const finite = [...ends.filter(Number.isFinite), reference];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const room = high > low ? 0 : Math.abs(high) / 10 || 1;
  return scaleLinear()
    .domain([low - room, high + room])
    .range([plot.left, plot.right])
    .nice(5);
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

function drawPanel(panel: Panel, format: ValueFormat, top: number): string[] {
  const scale = createScale(panel);
  const rows = panel.marks.flatMap((mark, row) => {
    const y = top + (row + 0.5) * rowHeight;
    const numbers = `${format.value(mark)} (${format.interval(mark)})`;
    return [...drawMark(scale, mark, y), text([textLeft, y + 4], numbers)];
  });
  return [...drawAxis(scale, panel, top), ...rows];
}

function createPanels(evaluation: LogEvaluation, colour: string): readonly [Panel, Panel] {
  const { logged, estimates, difference, target } = evaluation;
  const marks = estimates.map((estimate) =>
    estimate.estimator === "dm"
      ? { ...estimate, label: "dm, the model alone", colour, modelAlone: true }
      : { ...estimate, label: estimate.estimator, colour },
  );
  return [
    {
      axis: "reward a row; the dashed line is the logged reward",
      marks: [{ ...logged, label: "as logged", colour: colours.soft }, ...marks],
      reference: logged.value,
    },
    {
      axis: `reward a row: ${target} minus logged`,
      marks: [{ ...difference, label: "difference", colour }],
      reference: 0,
    },
  ];
}

/** Title, source of the log, and conclusion. */
function drawHead(lines: readonly { readonly content: string; readonly style: string }[]) {
  return lines.map(({ content, style }, row) => text([20, 30 + 22 * row], content, style));
}

/**
 * Values with their intervals, and the difference to the logged reward, as one SVG that stands
 * alone.
 */
export function drawEvaluation(evaluation: LogEvaluation): string {
  const { target, log, logged } = evaluation;
  const { decides, sentences } = conclude(evaluation);
  const [answer = ""] = sentences;
  const colour = decides ? colours.sure : colours.undecided;
  const title = `Estimated reward of ${target}`;
  const rows = `${log.file}, ${formatWhole(log.rows)} rows; values with 95 % intervals`;
  const styled = (content: string, letters: number, style: string) =>
    wrap(content, letters).map((line) => ({ content: line.trimEnd(), style }));
  const head = drawHead([
    ...styled(title, 70, 'font-size="18" font-weight="600"'),
    ...styled(rows, 110, `fill="${colours.soft}"`),
    ...styled(answer, 95, `fill="${colour}" font-weight="600"`),
  ]);
  const format = createValueFormat(logged);
  const [values, difference] = createPanels(evaluation, colour);
  const top = 26 + 22 * head.length;
  const middle = top + panelHeight(values);
  const height = middle + panelHeight(difference);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13" fill="${colours.ink}">`,
    `<title>${escapeText(`${title}: ${answer}`)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...head,
    ...drawPanel(values, format, top),
    ...drawPanel(difference, format, middle),
    "</svg>",
  ].join("\n");
}
