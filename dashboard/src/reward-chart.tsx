import { type ReactNode, useEffect, useRef } from "react";
import uPlot from "uplot";
import type { Annotations } from "./chart-annotations.ts";
import { chartData, chartOptions } from "./chart-options.ts";
import type { AlignedSeries } from "./reward-series.ts";

const heights = { wide: 300, narrow: 240 } as const;

const sizeOf = (element: HTMLElement) => ({
  width: element.clientWidth,
  height: element.clientWidth < 520 ? heights.narrow : heights.wide,
});

interface Props {
  readonly series: AlignedSeries;
  readonly annotations: Annotations;
  readonly bucketSeconds: number;
  /** The picture in words. */
  readonly description: string;
  readonly onHover: (index: number | undefined) => void;
}

/** Follows the width of its place and the colour scheme. Returns how to take it away. */
function mountChart(element: HTMLElement, read: () => Props): { chart: uPlot; remove: () => void } {
  const styles = getComputedStyle(element);
  const { bucketSeconds, series, onHover } = read();
  const chart = new uPlot(
    chartOptions({
      ...sizeOf(element),
      bucketSeconds,
      color: (property) => styles.getPropertyValue(property).trim(),
      annotations: () => read().annotations,
      onHover,
    }),
    chartData(series),
    element,
  );
  const observer = new ResizeObserver(() => chart.setSize(sizeOf(element)));
  observer.observe(element);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const redraw = () => chart.redraw(false, true);
  scheme.addEventListener("change", redraw);
  const remove = () => {
    observer.disconnect();
    scheme.removeEventListener("change", redraw);
    chart.destroy();
  };
  return { chart, remove };
}

/** One chart for as long as its buckets keep their length; new data moves its lines. */
export function RewardChart(props: Props): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: an axis label has the buckets' length.
  useEffect(() => {
    if (place.current === null) return;
    const mounted = mountChart(place.current, () => latest.current);
    chart.current = mounted.chart;
    return mounted.remove;
  }, [props.bucketSeconds]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: setting the data draws the annotations anew.
  useEffect(() => {
    chart.current?.setData(chartData(props.series));
  }, [props.series, props.annotations]);

  return <div className="chart" ref={place} role="img" aria-label={props.description} />;
}
