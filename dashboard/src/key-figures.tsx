import type { ReactNode } from "react";
import type { CycleBody } from "../../src/contract/api.ts";
import type { ArmMean, Comparison, RecentComparison } from "./comparison.ts";
import {
  formatCount,
  formatInterval,
  formatReward,
  formatSignedPercent,
  formatSignedReward,
} from "./format.ts";
import { historyLimit, type LoopData } from "./load-loop.ts";
import { Moment } from "./moment.tsx";
import { OutcomeLabel } from "./outcome-label.tsx";

function KeyFigure(props: {
  readonly label: string;
  readonly value: ReactNode;
  readonly note: ReactNode;
}): ReactNode {
  return (
    <div className="key-figure">
      <dt>{props.label}</dt>
      <dd className="value">{props.value}</dd>
      <dd className="note">{props.note}</dd>
    </div>
  );
}

function ArmFigure(props: {
  readonly label: string;
  readonly mean: ArmMean | undefined;
}): ReactNode {
  const { label, mean } = props;
  const note =
    mean === undefined
      ? "no decisions yet"
      : Number.isFinite(mean.standardError)
        ? `per decision, s.e. ${formatReward(mean.standardError)}`
        : "per decision, too early for an error";
  return <KeyFigure label={label} value={mean ? formatReward(mean.mean) : "–"} note={note} />;
}

function LiftFigure({ comparison }: { readonly comparison: Comparison | undefined }): ReactNode {
  const label = "Lift over the baseline";
  if (comparison?.kind !== "measured")
    return <KeyFigure label={label} value="–" note="not enough decisions yet" />;
  const { lift, difference, interval } = comparison;
  return lift ? (
    <KeyFigure
      label={label}
      value={formatSignedPercent(lift.value)}
      note={formatInterval(lift.interval, formatSignedPercent)}
    />
  ) : (
    <KeyFigure
      label={label}
      value={formatSignedReward(difference)}
      note={formatInterval(interval, formatSignedReward)}
    />
  );
}

/** Promotions among the cycles that the page knows: "50 newest" where there may be more. */
function PromotionsFigure(props: { readonly cycles: readonly CycleBody[]; readonly now: number }) {
  const { cycles, now } = props;
  const promotions = cycles.filter(({ outcome }) => outcome === "promote");
  const among =
    cycles.length < historyLimit
      ? `of ${formatCount(cycles.length)} ${cycles.length === 1 ? "cycle" : "cycles"}`
      : `of the newest ${historyLimit} cycles`;
  const newest = promotions[0];
  const note = (
    <>
      {among}
      {newest ? (
        <>
          , last <Moment iso={newest.finishedAt} now={now} />
        </>
      ) : null}
    </>
  );
  return <KeyFigure label="Promotions" value={formatCount(promotions.length)} note={note} />;
}

function LastCycleFigure(props: { readonly cycle: CycleBody | undefined; readonly now: number }) {
  const { cycle, now } = props;
  if (cycle === undefined)
    return <KeyFigure label="Last cycle" value="–" note="starts when there is enough feedback" />;
  const note = (
    <>
      cycle {cycle.cycle}, <Moment iso={cycle.finishedAt} now={now} />
    </>
  );
  return (
    <KeyFigure label="Last cycle" value={<OutcomeLabel outcome={cycle.outcome} />} note={note} />
  );
}

export function KeyFigures(props: {
  readonly data: LoopData;
  readonly recent: RecentComparison | undefined;
  readonly now: number;
}): ReactNode {
  const { data, recent, now } = props;
  return (
    <dl className="key-figures">
      <ArmFigure label="Serving reward" mean={recent?.comparison.serving} />
      <ArmFigure label="Baseline reward" mean={recent?.comparison.baseline} />
      <LiftFigure comparison={recent?.comparison} />
      <KeyFigure
        label="Decisions"
        value={formatCount(data.scenario.decisions)}
        note={`in ${data.scenario.name}, slates of ${data.scenario.slateSize}`}
      />
      <PromotionsFigure cycles={data.cycles} now={now} />
      <LastCycleFigure cycle={data.cycles[0]} now={now} />
    </dl>
  );
}
