import type { ReactNode } from "react";
import type { ArmMean, Measured } from "../../src/contract/records.ts";
import {
  formatCount,
  formatInterval,
  formatPercent,
  formatRecent,
  formatReward,
  formatSignedPercent,
  formatSignedReward,
} from "./format.ts";
import type { LoopData } from "./load-loop.ts";

type Comparison = NonNullable<LoopData["series"]["comparison"]>;

const baselineName = "the popularity baseline";

function Verdict(props: {
  readonly serving: ArmMean;
  readonly baseline: ArmMean;
  readonly difference: Measured;
  readonly lift: Measured | undefined;
}): ReactNode {
  const { serving, baseline, difference, lift } = props;
  const [low, high] = (lift ?? difference).interval;
  const earns = (
    <>
      The serving policy earns <strong>{formatReward(serving.mean)}</strong> per decision,{" "}
    </>
  );
  if (low <= 0 && high >= 0) {
    return (
      <>
        {earns}so far not clearly different from {baselineName}’s {formatReward(baseline.mean)}.
      </>
    );
  }
  const size = lift
    ? formatPercent(Math.abs(lift.value))
    : `${formatReward(Math.abs(difference.value))} reward`;
  return (
    <>
      {earns}
      <strong className={low > 0 ? "gain" : "loss"}>
        {size} {low > 0 ? "more" : "less"}
      </strong>{" "}
      than {baselineName}.
    </>
  );
}

function Support(props: { readonly comparison: Comparison; readonly now: number }): ReactNode {
  const { comparison, now } = props;
  const { serving, baseline, needed, difference, lift } = comparison;
  const counts = `${formatCount(serving?.decisions ?? 0)} decisions against ${formatCount(
    baseline?.decisions ?? 0,
  )} of the baseline ${formatRecent(comparison, now)}`;
  if (difference === undefined) {
    return `${counts}. A comparison needs ${needed.decisions} of each, spread over ${needed.buckets} intervals of time.`;
  }
  const width = lift
    ? formatInterval(lift.interval, formatSignedPercent)
    : formatInterval(difference.interval, formatSignedReward);
  return `95 % interval ${width}, from ${counts}.`;
}

/** The state of the loop in one sentence. */
export function Lead(props: { readonly data: LoopData; readonly now: number }): ReactNode {
  const { data, now } = props;
  const { comparison } = data.series;
  const policy =
    data.policies.serving === undefined ? "No policy" : `Policy ${data.policies.serving}`;
  if (comparison === undefined) {
    return (
      <section className="lead" aria-label="Summary">
        <p className="sentence">
          {policy}{" "}
          {data.scenario.decisions === 0
            ? "is ready and waits for its first decision."
            : "is serving. No decision of this span of time has its reward yet."}
        </p>
        <p className="support">
          Ask for a slate with <code>POST /api/v1/recommend</code>, and send the users' events to{" "}
          <code>POST /api/v1/events</code>.
        </p>
      </section>
    );
  }
  const { serving, baseline, difference, lift } = comparison;
  return (
    <section className="lead" aria-label="Summary">
      <p className="sentence">
        {serving && baseline && difference ? (
          <Verdict serving={serving} baseline={baseline} difference={difference} lift={lift} />
        ) : (
          <>
            {policy} is serving. Not enough decisions yet to compare it with {baselineName}.
          </>
        )}
      </p>
      <p className="support">
        <Support comparison={comparison} now={now} />
      </p>
    </section>
  );
}
