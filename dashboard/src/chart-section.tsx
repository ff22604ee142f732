import { type ReactNode, useMemo, useState } from "react";
import type { CycleBody } from "../../src/contract/cycles.ts";
import type { InterventionBody } from "../../src/contract/interventions.ts";
import type { RewardSeriesResponse } from "../../src/contract/reward-series.ts";
import { formatCount, formatMoment, formatReward } from "./format.ts";
import { RangeChoice } from "./range-choice.tsx";
import { RewardChart } from "./reward-chart.tsx";
import {
  type AlignedSeries,
  alignSeries,
  armNames,
  type Marker,
  markersOf,
  smoothingBuckets,
} from "./reward-series.ts";

type ArmName = (typeof armNames)[number];

/** Arms that made decisions in the series, the serving one first. */
function armsOf({ arms }: AlignedSeries): readonly ArmName[] {
  return [...armNames].reverse().filter((arm) => arms[arm].decisions.some((count) => count > 0));
}

function meanText(series: AlignedSeries, arm: ArmName, index: number): string {
  const mean = series.arms[arm].smooth[index];
  return mean === null || mean === undefined ? "–" : formatReward(mean);
}

function Legend(props: {
  readonly series: AlignedSeries;
  readonly hovered: number | undefined;
}): ReactNode {
  const { series, hovered } = props;
  const index = hovered ?? series.times.length - 1;
  const time = series.times[index];
  const isHovered = hovered !== undefined && time !== undefined;
  return (
    <ul className="legend">
      {armsOf(series).map((arm) => (
        <li key={arm} className={`arm-${arm}`}>
          <span className="stroke" aria-hidden="true" />
          {arm} <b>{meanText(series, arm, index)}</b>
          {isHovered ? (
            <small> {formatCount(series.arms[arm].decisions[index] ?? 0)} decisions</small>
          ) : null}
        </li>
      ))}
      <li className="when">
        {isHovered ? formatMoment(new Date(time * 1000).toISOString()) : "latest"}
      </li>
    </ul>
  );
}

function describe(series: AlignedSeries, markers: readonly Marker[]): string {
  const byHand = markers.filter(({ isByHand }) => isByHand).length;
  const last = series.times.length - 1;
  const means = armsOf(series).map((arm) => `${arm} ${meanText(series, arm, last)}`);
  return `Mean reward per decision over time. Latest: ${means.join(", ")}. ${markers.length - byHand} changes of the serving policy by cycles and ${byHand} interventions by hand marked.`;
}

interface Props {
  readonly series: RewardSeriesResponse;
  readonly cycles: readonly CycleBody[];
  readonly interventions: readonly InterventionBody[];
  readonly recentFrom: number | undefined;
  readonly rangeSeconds: number;
  readonly onRange: (seconds: number) => void;
}

export function ChartSection(props: Props): ReactNode {
  const [hovered, setHovered] = useState<number>();
  const { series, cycles, interventions, recentFrom } = props;
  const aligned = useMemo(() => alignSeries(series), [series]);
  const annotations = useMemo(
    () => ({ markers: markersOf(cycles, interventions), recentFrom }),
    [cycles, interventions, recentFrom],
  );
  return (
    <section className="chart-section" aria-labelledby="chart-heading">
      <div className="section-head">
        <h2 id="chart-heading">Reward over time</h2>
        <RangeChoice seconds={props.rangeSeconds} onChoose={props.onRange} />
      </div>
      {aligned.times.length === 0 ? (
        <p className="empty">
          No decision of this span of time has its reward yet. The lines start when the first reward
          window closes.
        </p>
      ) : (
        <>
          <Legend series={aligned} hovered={hovered} />
          <RewardChart
            series={aligned}
            annotations={annotations}
            bucketSeconds={series.bucketSeconds}
            description={describe(aligned, annotations.markers)}
            onHover={setHovered}
          />
          <p className="small">
            Lines: mean of the newest {smoothingBuckets.serving} dots, weighted by their decisions,
            of {smoothingBuckets.baseline} for the baseline; a decision counts once its reward
            window has closed. Upright lines: a cycle let another policy serve; dashed ones: an
            operator intervened. Shaded: the span that the sentence above compares.
          </p>
        </>
      )}
    </section>
  );
}
