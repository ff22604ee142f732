import type { ReactNode } from "react";
import type { Comparison, RecentComparison } from "./comparison.ts";
import { enoughBuckets, enoughDecisions } from "./comparison.ts";
import {
  formatCount,
  formatInterval,
  formatPercent,
  formatReward,
  formatSignedPercent,
  formatSignedReward,
  formatSpan,
} from "./format.ts";
import type { LoopData } from "./load-loop.ts";

type Measured = Extract<Comparison, { kind: "measured" }>;

const baselineName = "the popularity baseline";

function Verdict({ comparison }: { readonly comparison: Measured }): ReactNode {
  const { serving, baseline, difference, interval, lift } = comparison;
  const [low, high] = lift?.interval ?? interval;
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
    : `${formatReward(Math.abs(difference))} reward`;
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

function Support({ recent }: { readonly recent: RecentComparison }): ReactNode {
  const { comparison, seconds } = recent;
  const counts = `${formatCount(comparison.serving?.decisions ?? 0)} decisions against ${formatCount(
    comparison.baseline?.decisions ?? 0,
  )} of the baseline in the last ${formatSpan(seconds)}`;
  if (comparison.kind === "not-enough") {
    return `${counts}. A comparison needs ${enoughDecisions} of each, spread over ${enoughBuckets} intervals of time.`;
  }
  const { lift, interval } = comparison;
  const width = lift
    ? formatInterval(lift.interval, formatSignedPercent)
    : formatInterval(interval, formatSignedReward);
  return `95 % interval ${width}, from ${counts}.`;
}

/** What the page has to say, in one sentence. */
export function Lead(props: {
  readonly data: LoopData;
  readonly recent: RecentComparison | undefined;
}): ReactNode {
  const { data, recent } = props;
  const policy =
    data.policies.serving === undefined ? "No policy" : `Policy ${data.policies.serving}`;
  if (recent === undefined) {
    return (
      <section className="lead" aria-label="Summary">
        <p className="sentence">
          {policy}{" "}
          {data.scenario.decisions === 0
            ? "is ready and waits for its first decision."
            : "is serving. No decision of this span of time has its reward yet."}
        </p>
        <p className="support">
          Ask for a slate with <code>POST /api/v1/recommend</code>, send what users do with it to{" "}
          <code>POST /api/v1/events</code>.
        </p>
      </section>
    );
  }
  return (
    <section className="lead" aria-label="Summary">
      <p className="sentence">
        {recent.comparison.kind === "measured" ? (
          <Verdict comparison={recent.comparison} />
        ) : (
          <>
            {policy} is serving. Not enough decisions yet to compare it with {baselineName}.
          </>
        )}
      </p>
      <p className="support">
        <Support recent={recent} />
      </p>
    </section>
  );
}
