import { linearScale } from "./linear-scale.ts";
import { colours, type PlotPart } from "./plot.ts";
import { line, text } from "./svg.ts";

/** Masses between limits: bucket i ends at `limits[i]`. */
export interface Histogram {
  readonly axis: string;
  readonly min: number;
  readonly limits: readonly number[];
  readonly masses: readonly number[];
}

// Pixels.
const plot = { left: 60, right: 800, height: 180, axisHeight: 58 };

function drawBars({ axis, min, limits, masses }: Histogram, top: number): string[] {
  const max = limits.at(-1) ?? min;
  const bottom = top + plot.height;
  const x = linearScale([min, max], [plot.left, plot.right]);
  const y = linearScale([0, Math.max(...masses)], [bottom, top]);
  const edges = [min, ...limits].map((edge) => x(edge));
  const bars = masses.map((mass, index) => {
    const [from = 0, to = 0] = edges.slice(index);
    return `<rect x="${from.toFixed(1)}" y="${y(mass).toFixed(1)}" width="${(to - from).toFixed(1)}" height="${(bottom - y(mass)).toFixed(1)}" fill="${colours.sure}" stroke="#ffffff"/>`;
  });
  const style = `text-anchor="middle" fill="${colours.soft}"`;
  const ticks = x
    .ticks(7)
    .map((tick) => text([x(tick), bottom + 17], x.tickFormat(7)(tick), style));
  return [
    ...bars,
    line([plot.left, bottom], [plot.right, bottom], `stroke="${colours.line}"`),
    ...ticks,
    text([(plot.left + plot.right) / 2, bottom + 37], axis, style),
  ];
}

/** Bars, and below them their axis. */
export const histogramPart = (histogram: Histogram): PlotPart => ({
  height: plot.height + plot.axisHeight,
  draw: (top) => drawBars(histogram, top),
});
