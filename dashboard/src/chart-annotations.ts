import uPlot from "uplot";
import type { Marker } from "./reward-series.ts";

export const fontFamily = '"Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** Reads the colour of a custom property such as `--accent`, as the colour scheme has it now. */
export type ReadColor = (property: string) => string;

/** Marks beside the lines, read anew at every drawing. */
export interface Annotations {
  readonly markers: readonly Marker[];
  /** Start of the span that the summary compares, in milliseconds since 1970. */
  readonly recentFrom: number | undefined;
}

/** The span of the comparison as a tint behind everything. */
export function drawRecent(chart: uPlot, { recentFrom }: Annotations, color: ReadColor): void {
  if (recentFrom === undefined) return;
  const { left, top, width, height } = chart.bbox;
  const from = Math.max(left, chart.valToPos(recentFrom / 1000, "x", true));
  chart.ctx.save();
  chart.ctx.fillStyle = color("--shade");
  chart.ctx.fillRect(from, top, Math.max(0, left + width - from), height);
  chart.ctx.restore();
}

/**
 * A thin line with its label at the head, dashed and in another colour after an operator's
 * intervention. A label moves behind the previous one, and is left out if it would leave its line.
 */
export function drawMarkers(chart: uPlot, { markers }: Annotations, color: ReadColor): void {
  const { ctx } = chart;
  const { left, top, width, height } = chart.bbox;
  const ratio = uPlot.pxRatio;
  let free = left;
  ctx.save();
  ctx.font = `${12 * ratio}px ${fontFamily}`;
  ctx.lineWidth = ratio;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  for (const { time, label, isByHand } of markers) {
    const x = Math.round(chart.valToPos(time, "x", true)) + 0.5;
    if (x < left || x > left + width + 1) continue;
    ctx.strokeStyle = color(isByHand ? "--bad" : "--ink");
    ctx.fillStyle = ctx.strokeStyle;
    ctx.setLineDash(isByHand ? [4 * ratio, 3 * ratio] : []);
    ctx.globalAlpha = isByHand ? 0.8 : 0.35;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    const textWidth = ctx.measureText(label).width;
    const centred = Math.min(x - textWidth / 2, left + width - textWidth);
    const start = Math.max(free, centred);
    if (start > x) continue;
    ctx.fillText(label, start, top - 5 * ratio);
    free = start + textWidth + 6 * ratio;
  }
  ctx.restore();
}
