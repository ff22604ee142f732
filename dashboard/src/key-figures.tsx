import type { ReactNode } from "react";
import type { CycleBody } from "../../src/contract/cycles.ts";
import type { ArmComparison, ArmMean } from "../../src/contract/records.ts";
import {
  formatCount,
  formatInterval,
  formatReward,
  formatSignedPercent,
  formatSignedReward,
} from "./format.ts";
import { listPromotionTimes } from "./list-promotion-times.ts";
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
      : mean.standardError === undefined
        ? "per decision, too early for an error"
        : `per decision, s.e. ${formatReward(mean.standardError)}`;
  return <KeyFigure label={label} value={mean ? formatReward(mean.mean) : "–"} note={note} />;
}

function LiftFigure({ comparison }: { readonly comparison: ArmComparison | undefined }): ReactNode {
  const label = "Lift over the baseline";
  const { lift, difference } = comparison ?? {};
  if (difference === undefined)
    return <KeyFigure label={label} value="–" note="not enough decisions yet" />;
  return lift ? (
    <KeyFigure
      label={label}
      value={formatSignedPercent(lift.value)}
      note={formatInterval(lift.interval, formatSignedPercent)}
    />
  ) : (
    <KeyFigure
      label={label}
      value={formatSignedReward(difference.value)}
      note={formatInterval(difference.interval, formatSignedReward)}
    />
  );
}

/** Promotions among the cycles that the page knows: "50 newest" if there may be more. */
function PromotionsFigure(props: { readonly data: LoopData; readonly now: number }) {
  const { data, now } = props;
  const { cycles, interventions } = data;
  const promotions = listPromotionTimes(cycles, interventions);
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
          , last <Moment iso={newest} now={now} />
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

export function KeyFigures(props: { readonly data: LoopData; readonly now: number }): ReactNode {
  const { data, now } = props;
  const { comparison } = data.series;
  return (
    <dl className="key-figures">
      <ArmFigure label="Serving reward" mean={comparison?.serving} />
      <ArmFigure label="Baseline reward" mean={comparison?.baseline} />
      <LiftFigure comparison={comparison} />
      <KeyFigure
        label="Decisions"
        value={formatCount(data.scenario.decisions)}
        note={`in ${data.scenario.name}, slates of ${data.scenario.slateSize}`}
      />
      <PromotionsFigure data={data} now={now} />
      <LastCycleFigure cycle={data.cycles[0]} now={now} />
    </dl>
  );
}
