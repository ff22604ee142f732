import type uPlot from "uplot";
import {
  type Annotations,
  drawMarkers,
  drawRecent,
  fontFamily,
  type ReadColor,
} from "./chart-annotations.ts";
import { formatReward, formatSpan, formatTick } from "./format.ts";
import { type AlignedSeries, armNames } from "./reward-series.ts";

export interface ChartSetup {
  readonly width: number;
  readonly height: number;
  readonly bucketSeconds: number;
  readonly color: ReadColor;
  readonly annotations: () => Annotations;
  readonly onHover: (index: number | undefined) => void;
}

const font = `12px ${fontFamily}`;
const armColors = {
  uniform: "--soft",
  baseline: "--soft",
  anchor: "--accent",
  holdback: "--accent",
  canary: "--wary",
  serving: "--accent",
} as const;
/** Arms that are there to compare with are drawn thinner, with gaps. */
const armDashes: Partial<Record<(typeof armNames)[number], number[]>> = {
  uniform: [1, 4],
  baseline: [5, 4],
  anchor: [5, 4],
  holdback: [2, 3],
};

/** Dots of single buckets first, so that the lines lie above them. */
export function chartData({ times, arms }: AlignedSeries): uPlot.AlignedData {
  const raw = armNames.map((arm) => [...arms[arm].raw]);
  const smooth = armNames.map((arm) => [...arms[arm].smooth]);
  return [[...times], ...raw, ...smooth];
}

function chartSeries(color: ReadColor): uPlot.Series[] {
  const dots = armNames.map((arm): uPlot.Series => {
    const faint = () => `color-mix(in srgb, ${color(armColors[arm])} 45%, transparent)`;
    return {
      // The scale follows the lines: a bucket of three decisions must not flatten them.
      auto: false,
      paths: () => null,
      points: { show: true, size: 3, width: 0, stroke: faint, fill: faint },
    };
  });
  const lines = armNames.map(
    (arm): uPlot.Series => ({
      stroke: () => color(armColors[arm]),
      width: armDashes[arm] ? 1.5 : 2,
      ...(armDashes[arm] && { dash: armDashes[arm] }),
      points: { show: (_, __, first, last) => last - first < 3, size: 5 },
    }),
  );
  return [{}, ...dots, ...lines];
}

const tickSeconds = [
  15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800, 1_209_600, 2_592_000,
];

function chartAxes({ color, bucketSeconds }: ChartSetup): uPlot.Axis[] {
  const common = {
    font,
    labelFont: font,
    stroke: () => color("--soft"),
    grid: { stroke: () => color("--line"), width: 1 },
    ticks: { show: false },
    gap: 6,
  };
  return [
    {
      ...common,
      grid: { show: false },
      label: `local time, buckets of ${formatSpan(bucketSeconds)}`,
      labelSize: 22,
      size: 26,
      space: 70,
      incrs: tickSeconds,
      values: (_, splits, __, ___, increment) =>
        splits.map((split) => formatTick(split, increment)),
    },
    {
      ...common,
      label: "reward per decision",
      labelSize: 20,
      size: 48,
      space: 40,
      values: (_, splits) => splits.map(formatReward),
    },
  ];
}

type Range = [number, number];

/** To the end of the newest bucket, or to a promotion after it. */
function timeRange([low, high]: Range, { bucketSeconds, annotations }: ChartSetup): Range {
  return [low, Math.max(high + bucketSeconds, annotations().markers.at(-1)?.time ?? 0)];
}

/** Room for the dots that scatter about the lines, and none below 0 if no mean is negative. */
function rewardRange([low, high]: Range): Range {
  const room = (high - low) * 0.25 || Math.abs(high) * 0.25 || 1;
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

export function chartOptions(setup: ChartSetup): uPlot.Options {
  return {
    width: setup.width,
    height: setup.height,
    padding: [20, 26, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false, setScale: false },
      points: { size: 7 },
      // The reader follows the lines, not the dots.
      dataIdx: (_, index, closest) => (index > armNames.length ? closest : null),
    },
    scales: {
      x: { range: (_, low, high) => timeRange([low ?? 0, high ?? 0], setup) },
      y: { range: (_, low, high) => rewardRange([low ?? 0, high ?? 0]) },
    },
    series: chartSeries(setup.color),
    axes: chartAxes(setup),
    hooks: {
      drawClear: [(chart) => drawRecent(chart, setup.annotations(), setup.color)],
      draw: [(chart) => drawMarkers(chart, setup.annotations(), setup.color)],
      setCursor: [(chart) => setup.onHover(chart.cursor.idx ?? undefined)],
    },
  };
}
