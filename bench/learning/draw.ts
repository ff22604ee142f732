import { scaleLinear } from "d3-scale";
import { escapeText, line, text } from "../../src/cli/evaluate/svg.ts";
import { estimate, formatEstimate, type WorldResults } from "./results.ts";

// Pixels, for letters of about 8 in width.
const width = 860;
const plot = { left: 250, right: 640 };
const rowHeight = 22;
const headHeight = 44;
const axisHeight = 46;
const curveHeight = 240;

const ink = "#141d1a";
const soft = "#55615c";
const faint = "#dce1dd";
/** Told apart by the colour-blind too (Okabe & Ito 2008). */
const colours = ["#00705a", "#d55e00", "#0072b2", "#cc79a7", "#e69f00", "#56b4e9", "#8a6d00", ink];
const colourOf = (index: number) => colours[index % colours.length]!;

type Scale = ReturnType<typeof scaleLinear<number, number>>;

function createScale(values: readonly number[], range: readonly [number, number]): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? 0 : Math.abs(high) / 10 || 1;
  return scaleLinear()
    .domain([low - room, high + room])
    .range(range)
    .nice(5);
}

const wholeNumberTicks = (scale: Scale) => scale.ticks(6).filter(Number.isInteger);

/** @param parts of a picture, each as high as it says, one below the other */
function stack(
  title: string,
  parts: readonly { height: number; draw: (top: number) => string[] }[],
): string {
  let top = headHeight;
  const drawn = parts.flatMap(({ height, draw }) => {
    const lines = draw(top);
    top += height;
    return lines;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13" fill="${ink}">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="${width}" height="${top}" fill="#ffffff"/>`,
    text([20, 28], title, 'font-size="16" font-weight="600"'),
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

/** Mean ± 2 standard errors by policy, on an axis of its own for each case. */
export function drawValues(results: WorldResults): string {
  const { world, cases } = results;
  const parts = cases.map((caseName) => {
    const marks = world.policies.flatMap((policy, index) => {
      const values = results.findValues(policy, caseName);
      return values === undefined ? [] : [{ policy, index, ...estimate(values) }];
    });
    const ends = marks.flatMap(({ mean, standardError }) => {
      const reach = 2 * (standardError || 0);
      return [mean - reach, mean + reach];
    });
    const scale = createScale(ends, [plot.left, plot.right]);
    const draw = (top: number) => {
      const bottom = top + 20 + marks.length * rowHeight;
      const grid = scale
        .ticks(5)
        .flatMap((tick) => [
          line([scale(tick), top + 16], [scale(tick), bottom], `stroke="${faint}"`),
          text(
            [scale(tick), bottom + 15],
            scale.tickFormat(5)(tick),
            `text-anchor="middle" fill="${soft}"`,
          ),
        ]);
      const rows = marks.flatMap((mark, row) => {
        const y = top + 20 + (row + 0.5) * rowHeight;
        const reach = 2 * (mark.standardError || 0);
        const colour = mark.policy === world.main ? colourOf(0) : soft;
        return [
          text([plot.left - 14, y + 4], mark.policy, 'text-anchor="end"'),
          line(
            [scale(mark.mean - reach), y],
            [scale(mark.mean + reach), y],
            `stroke="${colour}" stroke-width="2"`,
          ),
          `<circle cx="${scale(mark.mean).toFixed(1)}" cy="${y}" r="4" fill="${colour}"/>`,
          text([plot.right + 16, y + 4], formatEstimate(mark)),
        ];
      });
      return [text([20, top + 12], caseName, 'font-weight="600"'), ...grid, ...rows];
    };
    return { height: 20 + marks.length * rowHeight + axisHeight, draw };
  });
  return stack(
    `${world.name}: ${world.value}, ${world.better} is better; ± 2 standard errors`,
    parts,
  );
}

/** Mean over seeds by step of every policy with a curve, one plot for each case; undefined where there are none. */
export function drawCurves(results: WorldResults): string | undefined {
  const { world, cases } = results;
  const parts = cases.flatMap((caseName) => {
    const curves = world.policies.flatMap((policy, index) => {
      const bySeed = results.findCurves(policy, caseName);
      if (bySeed === undefined) return [];
      const means = bySeed[0]!.map((_, step) => estimate(bySeed.map((curve) => curve[step]!)).mean);
      return [{ policy, colour: colourOf(index), means }];
    });
    if (curves.length === 0) return [];
    const steps = Math.max(...curves.map(({ means }) => means.length));
    const draw = (top: number) => {
      const area = { left: 70, right: plot.right, top: top + 20, bottom: top + curveHeight - 44 };
      const x = createScale([1, steps], [area.left, area.right]);
      const y = createScale(
        curves.flatMap(({ means }) => means),
        [area.bottom, area.top],
      );
      return [
        text([20, top + 12], caseName, 'font-weight="600"'),
        ...y
          .ticks(5)
          .flatMap((tick) => [
            line([area.left, y(tick)], [area.right, y(tick)], `stroke="${faint}"`),
            text(
              [area.left - 8, y(tick) + 4],
              y.tickFormat(5)(tick),
              `text-anchor="end" fill="${soft}"`,
            ),
          ]),
        ...wholeNumberTicks(x).map((tick) =>
          text([x(tick), area.bottom + 16], `${tick}`, `text-anchor="middle" fill="${soft}"`),
        ),
        text(
          [(area.left + area.right) / 2, area.bottom + 34],
          world.step ?? "step",
          `text-anchor="middle" fill="${soft}"`,
        ),
        ...curves.flatMap(({ policy, colour, means }, row) => [
          `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${means.map((value, step) => `${x(step + 1).toFixed(1)},${y(value).toFixed(1)}`).join(" ")}"/>`,
          line(
            [plot.right + 16, area.top + 18 * row],
            [plot.right + 36, area.top + 18 * row],
            `stroke="${colour}" stroke-width="3"`,
          ),
          text([plot.right + 42, area.top + 18 * row + 4], policy),
        ]),
      ];
    };
    return [{ height: curveHeight, draw }];
  });
  if (parts.length === 0) return undefined;
  return stack(`${world.name}: ${world.value} by ${world.step ?? "step"}`, parts);
}
