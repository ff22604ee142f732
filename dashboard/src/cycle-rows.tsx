import type { ReactNode } from "react";
import type { CycleBody } from "../../src/contract/cycles.ts";
import { CycleDetails } from "./cycle-details.tsx";
import { type GateLift, gateLift } from "./cycle-record.ts";
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatSignedPercent,
  formatSignedReward,
} from "./format.ts";
import { IntervalMark } from "./interval-mark.tsx";
import { Moment } from "./moment.tsx";
import { OutcomeLabel } from "./outcome-label.tsx";

const nothing = "–";

function Lift(props: { readonly lift: GateLift | undefined; readonly reach: number }): ReactNode {
  const { lift, reach } = props;
  if (lift === undefined) return nothing;
  const format = lift.unit === "share" ? formatSignedPercent : formatSignedReward;
  return (
    <span className="lift-parts">
      {lift.unit === "share" ? (
        <IntervalMark value={lift.value} interval={lift.interval} reach={reach} />
      ) : null}
      <span>
        <b>{format(lift.value)}</b>
        {lift.interval ? <small>{formatInterval(lift.interval, format)}</small> : null}
      </span>
    </span>
  );
}

interface Props {
  readonly cycle: CycleBody;
  readonly now: number;
  readonly reach: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Opener({ cycle, isOpen, onToggle }: Props): ReactNode {
  return (
    <button
      type="button"
      className="opener"
      aria-expanded={isOpen}
      aria-controls={`cycle-${cycle.cycle}`}
      onClick={onToggle}
    >
      <svg viewBox="0 0 8 8" aria-hidden="true">
        <path d="M2 1l3.5 3L2 7" />
      </svg>
      {cycle.cycle}
      <span className="visually-hidden"> evidence</span>
    </button>
  );
}

/** A cycle's row and, when it is open, the row of its evidence. */
export function CycleRows(props: Props): ReactNode {
  const { cycle, now } = props;
  const { record } = cycle;
  const delta = record.policyDifference?.mean;
  const rows = record.gate?.rows;
  const durationMs = Date.parse(cycle.finishedAt) - Date.parse(cycle.startedAt);
  return (
    <>
      <tr className={props.isOpen ? "cycle open" : "cycle"}>
        <th scope="row">
          <Opener {...props} />
        </th>
        <td className="wide">
          <Moment iso={cycle.finishedAt} now={now} withDate />
        </td>
        <td className="verdict">
          <OutcomeLabel outcome={cycle.outcome} />
          <span className="narrow-time">
            <Moment iso={cycle.finishedAt} now={now} />
          </span>
          <p>{cycle.reason}</p>
        </td>
        <td className="number wide">{delta === undefined ? nothing : formatSignedReward(delta)}</td>
        <td className="lift middle">
          <Lift lift={gateLift(record)} reach={props.reach} />
        </td>
        <td className="number wide">{rows === undefined ? nothing : formatCount(rows)}</td>
        <td className="number wide">{formatDuration(durationMs)}</td>
      </tr>
      {props.isOpen ? (
        <tr className="details" id={`cycle-${cycle.cycle}`}>
          <td colSpan={7}>
            <CycleDetails cycle={cycle} />
          </td>
        </tr>
      ) : null}
    </>
  );
}
